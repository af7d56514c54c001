import { expect } from 'chai';
import { type Json, useApi } from '../support/api.js';
import { job, pod } from './objects.js';

describe('defaults', () => {
  const api = useApi();
  const made = async (resource: string, object: unknown): Promise<Json> => {
    const { code, body } = await api.call('POST', `${resource}?dryRun=All`, object);
    expect(code, JSON.stringify(body)).to.equal(201);
    return body;
  };
  const filledContainer = {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };

  it('of a Job', async () => {
    const { spec, metadata, status } = await made('jobs', job('x', 'true', { backoffLimit: undefined }));
    const { uid } = metadata;
    const labels = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'x',
      'controller-uid': uid,
      'job-name': 'x',
    };
    expect([metadata.labels, metadata.generation, status]).to.deep.equal([labels, 1, {}]);
    const [container] = spec.template.spec.containers;
    expect(container).to.deep.include(filledContainer);
    const { template, ...rest } = spec;
    expect(rest).to.deep.equal({
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
    });
    expect(template.metadata.labels).to.deep.equal(labels);
    expect(template.spec).to.deep.include({
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    });
    const labelled = { ...job('x'), metadata: { name: 'x', labels: { a: 'b' } } };
    expect((await made('jobs', labelled)).metadata.labels).to.deep.equal({ a: 'b' });
    // The labels of the template become those of a Job that has none; what the API adds comes along.
    const withTemplate: Json = job('x');
    withTemplate.spec.template.metadata = { labels: { a: 'b' } };
    expect((await made('jobs', withTemplate)).metadata.labels).to.include({ a: 'b', 'job-name': 'x' });
    const both = { ...withTemplate, metadata: { name: 'x', labels: { a: 'b' } } };
    expect((await made('jobs', both)).metadata.labels).to.deep.equal({ a: 'b' });
  });

  it('of a pod, with quantities in their canonical form', async () => {
    const resources = { limits: { cpu: 0.5, memory: '1024Mi', 'nvidia.com/gpu': '1' }, requests: { cpu: '0.1' } };
    const { spec, metadata, status } = await made('pods', {
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'main', image: 'busybox', resources }], volumes: [{ name: 'v' }] },
    });
    expect(metadata.generation).to.equal(1);
    expect(status).to.deep.equal({ phase: 'Pending', qosClass: 'Burstable' });
    const [container] = spec.containers;
    expect(container).to.deep.include({
      ...filledContainer,
      imagePullPolicy: 'Always',
      resources: {
        limits: { cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '1' },
        requests: { cpu: '100m', memory: '1Gi', 'nvidia.com/gpu': '1' },
      },
    });
    expect(spec.volumes).to.deep.include({ name: 'v', emptyDir: {} });
    const toleration = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
    expect(spec).to.deep.include({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      securityContext: {},
      schedulerName: 'default-scheduler',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      enableServiceLinks: true,
      tolerations: ['not-ready', 'unreachable'].map((key) => ({ key: `node.kubernetes.io/${key}`, ...toleration })),
    });
  });

  const quantities: [string | number, string][] = [
    ['0.5', '500m'],
    ['1000m', '1'],
    [2, '2'],
    ['1e3', '1e3'],
    ['1500000000n', '1500m'],
    ['0.0001', '1m'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['1000Mi', '1000Mi'],
    ['5k', '5k'],
    ['5000', '5k'],
  ];
  for (const [given, canonical] of quantities) {
    it(`writes the quantity ${given} as ${canonical}`, async () => {
      const { spec } = await made('pods', pod('x', '', { resources: { limits: { memory: given } } }));
      expect(spec.containers[0].resources.limits.memory).to.equal(canonical);
    });
  }

  it('of the other kinds', async () => {
    const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const claim = await made('persistentvolumeclaims', { metadata: { name: 'x' }, spec: claimSpec });
    expect(claim.spec).to.deep.equal({ ...claimSpec, volumeMode: 'Filesystem', storageClassName: 'standard' });
    expect(claim.metadata.finalizers).to.deep.equal(['kubernetes.io/pvc-protection']);
    expect(claim.status).to.deep.equal({ phase: 'Pending' });
    const ports = [{ port: 80 }];
    const service = await made('services', {
      metadata: { name: 'x' },
      spec: { clusterIP: 'None', ports, selector: { a: 'b' } },
    });
    expect(service.spec).to.deep.equal({
      clusterIP: 'None',
      selector: { a: 'b' },
      clusterIPs: ['None'],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    });
    expect(service.status).to.deep.equal({ loadBalancer: {} });
    const secret = await made('secrets', { metadata: { name: 'x' }, stringData: { a: 'b' }, data: { c: 'ZA==' } });
    expect(secret).to.deep.include({ data: { a: 'Yg==', c: 'ZA==' }, type: 'Opaque' });
    expect(secret).to.not.have.property('stringData');
    const namespace = await made('/api/v1/namespaces', { metadata: { name: 'conformance-x' } });
    expect(namespace.metadata.labels).to.deep.equal({ 'kubernetes.io/metadata.name': 'conformance-x' });
    expect([namespace.spec, namespace.status]).to.deep.equal([{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
    const hard = { 'requests.cpu': '1000m', pods: '10' };
    const quota = await made('resourcequotas', { metadata: { name: 'x' }, spec: { hard } });
    expect([quota.spec.hard, quota.status]).to.deep.equal([{ 'requests.cpu': '1', pods: '10' }, {}]);
  });
});
