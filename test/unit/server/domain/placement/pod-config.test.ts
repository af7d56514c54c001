import { expect } from 'chai';
import { podConfigProblems } from '../../../../../server/domain/placement/pod-config.js';
import type { Json, JsonObject } from '../../../../../taskfile/task-spec.js';

describe('podConfigProblems', () => {
  const fine: JsonObject[] = [
    {},
    { tolerations: [{ key: 'gpu', operator: 'Exists' }], nodeSelector: { a: 'b' }, affinity: { nodeAffinity: {} } },
    { securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
    {
      volumes: [{ name: 'x', emptyDir: { medium: 'Memory' } }],
      containers: [{ volumeMounts: [{ name: 'x', mountPath: '/x' }] }],
    },
    {
      containers: [
        { name: 'any', env: [{ name: 'A', value: 'b' }], resources: { limits: { 'example.com/nic': '1' } } },
      ],
    },
    { containers: [{ securityContext: { readOnlyRootFilesystem: true } }], imagePullSecrets: [{ name: 'r' }] },
    { terminationGracePeriodSeconds: 5, tolerations: null },
  ];
  for (const config of fine) {
    it(`lets ${JSON.stringify(config)} be`, () => {
      expect(podConfigProblems(config, [])).to.deep.equal([]);
    });
  }

  const forbidden: [JsonObject, string][] = [
    [{ hostNetwork: true }, 'hostNetwork'],
    [{ hostPID: true }, 'hostPID'],
    [{ serviceAccountName: 'admin' }, 'serviceAccountName'],
    [{ automountServiceAccountToken: true }, 'automountServiceAccountToken'],
    [{ volumes: [{ name: 'x', hostPath: { path: '/' } }] }, 'volumes.hostPath'],
    [{ volumes: [{ name: 'x', secret: { secretName: 'x' } }] }, 'volumes.secret'],
    [{ initContainers: [{ name: 'x' }] }, 'initContainers'],
    [{ containers: [{ securityContext: { privileged: true } }] }, 'containers.securityContext.privileged'],
    [
      { containers: [{ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
      'containers.securityContext.capabilities',
    ],
    [
      { containers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } }] }] },
      'containers.env.valueFrom',
    ],
    [{ containers: [{ envFrom: [] }] }, 'containers.envFrom'],
    [{ containers: [{ command: ['x'] }] }, 'containers.command'],
    [{ containers: [{ image: 'x' }] }, 'containers.image'],
    [{ containers: [{ ports: [{ containerPort: 1, hostPort: 1 }] }] }, 'containers.ports.hostPort'],
    [{ restartPolicy: 'Always' }, 'restartPolicy'],
    [{ nodeName: 'x' }, 'nodeName'],
    [{ madeUp: 1 }, 'madeUp'],
  ];
  for (const [config, path] of forbidden) {
    it(`refuses ${path} until the server allows it`, () => {
      const [problem, ...more] = podConfigProblems(config, []);
      expect([problem?.split(' ')[0], more]).to.deep.equal([path, []]);
      expect(podConfigProblems(config, [path])).to.deep.equal([]);
    });
  }

  const requiring = (terms: Json): JsonObject => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  });
  for (const terms of [
    { matchExpressions: [] },
    'zone',
    [null],
    ['zone'],
    [[]],
    [{ matchExpressions: { key: 'zone' } }],
  ] satisfies Json[]) {
    it(`refuses ${JSON.stringify(terms)} for the machines that a task requires`, () => {
      expect(podConfigProblems(requiring(terms), [])).to.deep.equal([
        'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: must be a list of mappings, each with a list of matchExpressions or matchFields',
      ]);
    });
  }
  for (const terms of [null, [], [{}], [{ matchExpressions: null, matchFields: [] }]] satisfies Json[]) {
    it(`leaves ${JSON.stringify(terms)} there to the cluster`, () => {
      expect(podConfigProblems(requiring(terms), [])).to.deep.equal([]);
    });
  }

  it('refuses a second container', () => {
    expect(podConfigProblems({ containers: [{}, {}] }, [])).to.have.length(1);
  });
});
