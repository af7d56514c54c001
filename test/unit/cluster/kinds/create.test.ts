import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObject } from '../../../../cluster/kinds/create.js';
import { updateObject } from '../../../../cluster/kinds/update.js';
import type { KubeObject, NewObject } from '../../../../cluster/store/object.js';
import { StatusError } from '../../../../cluster/store/status-error.js';
import { Store } from '../../../../cluster/store/store.js';

type Fields = Record<string, unknown>;

describe('creating objects', () => {
  let directory: string;
  let store: Store;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'create-'));
    store = await Store.open(directory);
    await createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const create = (resource: string, fields: Fields, metadata: Fields = { name: 'x' }): Promise<KubeObject> =>
    createObject(store, resource, { ...fields, metadata: { namespace: 'default', ...metadata } } as NewObject);
  const causesOf = async (attempt: Promise<unknown>): Promise<string[]> => {
    const error = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof StatusError)) throw new Error('the object was accepted');
    return (error.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
  };
  const containers = [{ name: 'a', image: 'b' }];
  const template = { spec: { restartPolicy: 'Never', containers } };

  it('fills in a Job', async () => {
    const { spec, metadata, status } = await create('jobs', { spec: { template } });
    const labels = {
      'batch.kubernetes.io/controller-uid': metadata.uid,
      'batch.kubernetes.io/job-name': 'x',
      'controller-uid': metadata.uid,
      'job-name': 'x',
    };
    expect(metadata.labels).to.deep.equal(labels);
    expect(metadata.generation).to.equal(1);
    expect(status).to.deep.equal({});
    expect(spec.selector).to.deep.equal({ matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } });
    expect(spec).to.deep.include({
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    });
    expect(spec.template.metadata.labels).to.deep.equal(labels);
    expect(spec.template.spec).to.deep.equal({
      restartPolicy: 'Never',
      containers: [
        {
          name: 'a',
          image: 'b',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'Always',
        },
      ],
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    });
  });

  it('leaves the labels of a Job alone that has some', async () => {
    const { metadata } = await create('jobs', { spec: { template } }, { name: 'x', labels: { a: 'b' } });
    expect(metadata.labels).to.deep.equal({ a: 'b' });
  });

  it('gives a Job with a generated name that name in its labels', async () => {
    const { metadata, spec } = await create('jobs', { spec: { template } }, { generateName: 'x-' });
    expect(metadata.name).to.match(/^x-[a-z0-9]{5}$/);
    expect(spec.template.metadata.labels['job-name']).to.equal(metadata.name);
  });

  it('fills in a Pod', async () => {
    const limits = { cpu: '1', 'nvidia.com/gpu': '1' };
    const pod = await create('pods', {
      spec: { containers: [{ name: 'a', image: 'b:1', resources: { limits } }], volumes: [{ name: 'v' }] },
    });
    expect(pod.spec.containers[0].resources.requests).to.deep.equal(limits);
    expect(pod.spec.containers[0].imagePullPolicy).to.equal('IfNotPresent');
    expect(pod.spec.volumes).to.deep.equal([{ name: 'v', emptyDir: {} }]);
    expect(pod.spec.tolerations.length).to.equal(2);
    expect(pod.spec.restartPolicy).to.equal('Always');
    expect(pod.status).to.deep.equal({ phase: 'Pending', qosClass: 'Burstable' });
  });

  it('fills in a claim', async () => {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const claim = await create('persistentvolumeclaims', { spec });
    expect(claim.spec).to.deep.equal({ ...spec, volumeMode: 'Filesystem', storageClassName: 'standard' });
    expect(claim.metadata.finalizers).to.deep.equal(['kubernetes.io/pvc-protection']);
    expect(claim.status).to.deep.equal({ phase: 'Pending' });
  });

  it('fills in a headless Service and encodes a Secret', async () => {
    const service = await create('services', { spec: { clusterIP: 'None', selector: { a: 'b' } } });
    expect(service.spec).to.deep.include({ clusterIP: 'None', clusterIPs: ['None'], type: 'ClusterIP' });
    const secret = await create('secrets', { stringData: { a: 'b' }, data: { c: 'ZA==' } });
    expect(secret).to.deep.include({ data: { a: 'Yg==', c: 'ZA==' }, type: 'Opaque' });
    expect(secret).to.not.have.property('stringData');
  });

  const job = (spec: Fields): [string, Fields] => ['jobs', { spec: { template, ...spec } }];
  const pod = (container: Fields, spec: Fields = {}): [string, Fields] => [
    'pods',
    { spec: { ...spec, containers: [{ name: 'a', image: 'b', ...container }] } },
  ];
  const refused: [string, [string, Fields], string[]][] = [
    [
      'a Job that runs nothing',
      job({ template: {} }),
      [
        'spec.template.spec.containers: Required value',
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      ],
    ],
    [
      'negative numbers',
      job({ backoffLimit: -1, ttlSecondsAfterFinished: -2 }),
      [
        'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0',
        'spec.ttlSecondsAfterFinished: Invalid value: -2: must be greater than or equal to 0',
      ],
    ],
    [
      'modes that do not exist',
      job({ podReplacementPolicy: 'Bar' }),
      ['spec.podReplacementPolicy: Unsupported value: "Bar": supported values: "Failed", "TerminatingOrFailed"'],
    ],
    ['a container without an image', pod({ image: undefined }), ['spec.containers[0].image: Required value']],
    [
      'a mount without its volume',
      pod({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'an environment variable with = in its name',
      pod({ env: [{ name: 'A=B' }] }),
      [
        `spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      ],
    ],
    [
      'more requested than allowed',
      pod({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'a GPU that is requested without a limit',
      pod({ resources: { requests: { 'nvidia.com/gpu': '1' } } }),
      ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
    ],
    [
      'half a GPU',
      pod({ resources: { limits: { 'nvidia.com/gpu': '500m' } } }),
      [
        'spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
      ],
    ],
    [
      'two volumes in one',
      pod({}, { volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 'x' } }] }),
      ['spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a claim for nothing',
      ['persistentvolumeclaims', { spec: {} }],
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      'a Service that is not headless',
      ['services', { spec: {} }],
      ['spec.clusterIP: Forbidden: the embedded cluster has headless Services only: set clusterIP to None'],
    ],
    [
      'an indexed Job',
      job({ completionMode: 'Indexed', completions: 2 }),
      ['spec.completionMode: Forbidden: the embedded cluster runs Jobs of mode NonIndexed only'],
    ],
  ];
  for (const [what, [resource, fields], causes] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await causesOf(create(resource, fields))).to.deep.equal(causes);
      expect(store.list(resource)).to.deep.equal([]);
    });
  }

  it('refuses names, labels and annotations that break the rules, all at once', async () => {
    const metadata = { name: 'X_', labels: { 'a b': '-' }, annotations: { 'a/b/c': '' } };
    const causes = await causesOf(create('configmaps', {}, metadata));
    expect(causes.map((cause) => cause.split(':')[0])).to.deep.equal([
      'metadata.name',
      'metadata.labels',
      'metadata.labels',
      'metadata.annotations',
    ]);
    expect(await causesOf(create('configmaps', {}, {}))).to.deep.equal([
      'metadata.name: Required value: name or generateName is required',
    ]);
  });

  it('does not let a name of 64 characters become a label of pods', async () => {
    const causes = await causesOf(create('jobs', { spec: { template } }, { name: 'a'.repeat(64) }));
    expect(new Set(causes)).to.deep.equal(
      new Set([`spec.template.labels: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`]),
    );
  });

  describe('and changing them', () => {
    const change = (resource: string, apply: (draft: KubeObject) => void) =>
      updateObject(store, resource, 'default', 'x', (current) => {
        apply(current);
        return current;
      });

    it('keeps the template of a Job that has begun', async () => {
      await create(...job({}));
      const causes = await causesOf(
        change('jobs', ({ spec }) => {
          spec.template.spec.nodeSelector = { a: 'b' };
        }),
      );
      expect(causes[0]).to.match(/^spec\.template: Invalid value: .*: field is immutable$/);
    });

    it('lets a suspended Job move to other nodes, but not run something else', async () => {
      await create(...job({ suspend: true }));
      const moved = await change('jobs', ({ spec }) => {
        spec.template.spec.nodeSelector = { a: 'b' };
      });
      expect(moved.metadata.generation).to.equal(2);
      const causes = await causesOf(
        change('jobs', ({ spec }) => {
          spec.template.spec.containers[0].image = 'other';
        }),
      );
      expect(causes[0]).to.match(/^spec\.template\.spec: /);
    });

    it('keeps completions, claims and immutable data', async () => {
      await create(...job({}));
      await create('configmaps', { data: { a: 'b' }, immutable: true });
      const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
      await create('persistentvolumeclaims', { spec: claim });
      expect(
        await causesOf(
          change('jobs', ({ spec }) => {
            spec.completions = 3;
          }),
        ),
      ).to.deep.equal(['spec.completions: Invalid value: 3: field is immutable']);
      expect(
        await causesOf(
          change('configmaps', (draft) => {
            draft['data'].a = 'c';
          }),
        ),
      ).to.deep.equal(['data: Forbidden: field is immutable when `immutable` is set']);
      expect(
        await causesOf(
          change('persistentvolumeclaims', ({ spec }) => {
            spec.accessModes = ['ReadWriteMany'];
          }),
        ),
      ).to.have.length(1);
    });
  });

  describe('under a quota', () => {
    const quota = (hard: Record<string, string>) => create('resourcequotas', { spec: { hard } }, { name: 'q' });
    const messageOf = (attempt: Promise<unknown>): Promise<string | undefined> =>
      attempt.then(
        () => undefined,
        (error: Error) => error.message,
      );

    it('refuses the one that is too many, also of those that come at once', async () => {
      await quota({ 'count/jobs.batch': '2' });
      const attempts = ['a', 'b', 'c'].map((name) => messageOf(create('jobs', { spec: { template } }, { name })));
      expect(await Promise.all(attempts)).to.deep.equal([
        undefined,
        undefined,
        'jobs.batch "c" is forbidden: exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=2, limited: count/jobs.batch=2',
      ]);
    });

    it('wants pods to say what they need, and adds it up', async () => {
      await quota({ 'requests.cpu': '1' });
      const asking = (cpu?: string) => ({
        spec: {
          containers: [{ ...containers[0], ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) }],
        },
      });
      expect(await messageOf(create('pods', asking()))).to.equal(
        'pods "x" is forbidden: failed quota: q: must specify requests.cpu for: a',
      );
      await create('pods', asking('600m'), { name: 'first' });
      expect(await messageOf(create('pods', asking('0.5')))).to.equal(
        'pods "x" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
      );
    });
  });
});
