import { expect } from 'chai';
import { type Json, PATCH, type Reply, useApi } from '../support/api.js';
import { configMap, container, job, pod } from './objects.js';

describe('validation', () => {
  const api = useApi();
  const causes = ({ body }: Reply): string[] =>
    (body.details?.causes ?? []).map(({ field, message }: Json) => `${field}: ${message}`);
  const tried = (resource: string, object: unknown) => api.call('POST', `${resource}?dryRun=All`, object);
  const required = 'Required value';
  const negative = (field: string, value: number) =>
    `spec.${field}: Invalid value: ${value}: must be greater than or equal to 0`;

  type Case = [what: string, object: unknown, causes: string[]];
  const refuse = (resource: string, cases: Case[]) => {
    for (const [what, object, expected] of cases) {
      it(`refuses ${resource} ${what}`, async () => {
        const reply = await tried(resource, object);
        expect([reply.code, reply.body.reason]).to.deep.equal([422, 'Invalid']);
        expect(causes(reply)).to.have.members(expected);
        expect(reply.body.message).to.include(expected[0]);
      });
    }
  };

  const labelRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const subdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  refuse('configmaps', [
    ['without a name', configMap(''), ['metadata.name: Required value: name or generateName is required']],
    ['with a name that is none', configMap('X_'), [`metadata.name: Invalid value: "X_": ${subdomainRule}`]],
    [
      'with too long a name',
      configMap('x'.repeat(300)),
      [`metadata.name: Invalid value: "${'x'.repeat(300)}": must be no more than 253 characters`],
    ],
    [
      'with labels that are none',
      configMap('x', { labels: { 'a b': '-', ['k'.repeat(64)]: '', '/x': '' } }),
      [
        `metadata.labels: Invalid value: "a b": name part ${labelRule}`,
        `metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric ` +
          "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or " +
          "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        `metadata.labels: Invalid value: "${'k'.repeat(64)}": name part must be no more than 63 bytes`,
        'metadata.labels: Invalid value: "/x": prefix part must be non-empty',
      ],
    ],
    [
      'with too many annotations',
      configMap('x', { annotations: { a: 'v'.repeat(300_000) } }),
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    [
      'with a finalizer that nobody owns',
      configMap('x', { finalizers: ['x'] }),
      [
        'metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      'with an owner that is none',
      configMap('x', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: '', uid: '' }] }),
      [
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
    [
      'with keys that are none',
      configMap('x', {}, { data: { 'a b': '', c: '' }, binaryData: { c: 'AA==' } }),
      [
        `data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' ` +
          "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        'data[c]: Invalid value: "c": duplicate of key present in binaryData',
      ],
    ],
    [
      'that are too large',
      configMap('x', {}, { data: { x: 'y'.repeat(1.1 * 1024 * 1024) } }),
      ['[]: Too long: may not be more than 1048576 bytes'],
    ],
  ]);

  const template = (spec: object) => job('x', '', { template: { spec } });
  refuse('jobs', [
    [
      'that run nothing',
      job('x', '', { template: {} }),
      [
        `spec.template.spec.containers: ${required}`,
        `spec.template.spec.restartPolicy: ${required}: valid values: "OnFailure", "Never"`,
      ],
    ],
    [
      'that always restart',
      template({ restartPolicy: 'Always', containers: [container('')] }),
      [`spec.template.spec.restartPolicy: ${required}: valid values: "OnFailure", "Never"`],
    ],
    [
      'with negative numbers',
      job('x', '', { backoffLimit: -1, ttlSecondsAfterFinished: -2, parallelism: -3, activeDeadlineSeconds: -4 }),
      [
        negative('backoffLimit', -1),
        negative('ttlSecondsAfterFinished', -2),
        negative('parallelism', -3),
        negative('activeDeadlineSeconds', -4),
      ],
    ],
    [
      'that replace pods in an unknown way',
      job('x', '', { podReplacementPolicy: 'Bar' }),
      ['spec.podReplacementPolicy: Unsupported value: "Bar": supported values: "Failed", "TerminatingOrFailed"'],
    ],
    [
      'with a name too long for the labels of pods',
      job('a'.repeat(64)),
      Array.from(
        { length: 2 },
        () => `spec.template.labels: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`,
      ),
    ],
  ]);

  const volumes = [{ name: 'v', emptyDir: {} }];
  const env = (...variables: object[]): Json => pod('x', '', { env: variables });
  const at = 'spec.containers[0]';
  refuse('pods', [
    ['that run nothing', pod('x', '', {}, { containers: [] }), [`spec.containers: ${required}`]],
    [
      'without image or name',
      pod('x', '', { image: '', name: '' }),
      [`${at}.name: ${required}`, `${at}.image: ${required}`],
    ],
    [
      'with two containers of one name',
      pod('x', '', {}, { containers: [container(''), container('')] }),
      ['spec.containers[1].name: Duplicate value: "main"'],
    ],
    [
      'that mount what is not there',
      pod('x', '', { volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      [`${at}.volumeMounts[0].name: Not found: "v"`],
    ],
    [
      'that mount it twice, or nowhere',
      pod('x', '', { volumeMounts: ['/v', '/v', ''].map((mountPath) => ({ name: 'v', mountPath })) }, { volumes }),
      [
        `${at}.volumeMounts[1].mountPath: Invalid value: "/v": must be unique`,
        `${at}.volumeMounts[2].mountPath: ${required}`,
      ],
    ],
    [
      'with volumes that are none',
      pod(
        'x',
        '',
        {},
        {
          volumes: [
            ...volumes,
            ...volumes,
            { emptyDir: {} },
            { name: 'two', emptyDir: {}, secret: { secretName: 'x' } },
          ],
        },
      ),
      [
        'spec.volumes[1].name: Duplicate value: "v"',
        `spec.volumes[2].name: ${required}`,
        'spec.volumes[3].secret: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    [
      'with volumes that name nothing',
      pod(
        'x',
        '',
        {},
        {
          volumes: [
            { name: 's', secret: {} },
            { name: 'c', configMap: {} },
            { name: 'p', persistentVolumeClaim: {} },
          ],
        },
      ),
      [
        `spec.volumes[0].secret.secretName: ${required}`,
        `spec.volumes[1].configMap.name: ${required}`,
        `spec.volumes[2].persistentVolumeClaim.claimName: ${required}`,
      ],
    ],
    [
      'with a variable that has a value and a source',
      env({ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }),
      [`${at}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`],
    ],
    [
      'with a variable from a field that there is not',
      env({ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.bogus' } } }),
      [
        `${at}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.bogus": error converting fieldPath: field ` +
          'label not supported: metadata.bogus',
      ],
    ],
    [
      'with a variable that is none',
      env({ name: 'A=B' }, { name: 'C', valueFrom: { secretKeyRef: { name: 'a' } } }),
      [
        `${at}.env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII ` +
          "characters other than '='",
        `${at}.env[1].valueFrom.secretKeyRef.key: ${required}`,
      ],
    ],
    [
      'that ask for more than they may have',
      pod('x', '', { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      [`${at}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`],
    ],
    [
      'that ask for a GPU without a limit',
      pod('x', '', { resources: { requests: { 'nvidia.com/gpu': '1' } } }),
      [`${at}.resources.limits: ${required}: Limit must be set for non overcommitable resources`],
    ],
    [
      'that ask for half a GPU',
      pod('x', '', { resources: { limits: { 'nvidia.com/gpu': '500m' } } }),
      ['limits', 'requests'].map(
        (part) => `${at}.resources.${part}[nvidia.com/gpu]: Invalid value: "500m": must be an integer`,
      ),
    ],
    [
      'with words that do not exist',
      pod(
        'x',
        '',
        { imagePullPolicy: 'Foo', terminationMessagePolicy: 'Foo' },
        { restartPolicy: 'Foo', dnsPolicy: 'Foo' },
      ),
      [
        `${at}.imagePullPolicy: Unsupported value: "Foo": supported values: "Always", "IfNotPresent", "Never"`,
        `${at}.terminationMessagePolicy: Unsupported value: "Foo": supported values: "File", "FallbackToLogsOnError"`,
        'spec.restartPolicy: Unsupported value: "Foo": supported values: "Always", "OnFailure", "Never"',
        'spec.dnsPolicy: Unsupported value: "Foo": supported values: "ClusterFirstWithHostNet", "ClusterFirst", ' +
          '"Default", "None"',
      ],
    ],
    [
      'with a probe of nothing',
      pod('x', '', { startupProbe: {} }),
      [`${at}.startupProbe: ${required}: must specify a handler type`],
    ],
    [
      'with no time to live',
      pod('x', '', {}, { activeDeadlineSeconds: 0 }),
      ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
    ],
  ]);

  refuse('persistentvolumeclaims', [
    [
      'for nothing',
      { metadata: { name: 'x' }, spec: {} },
      [`spec.accessModes: ${required}: at least 1 access mode is required`, `spec.resources[storage]: ${required}`],
    ],
    [
      'of an unknown mode, without size',
      { metadata: { name: 'x' }, spec: { accessModes: ['Foo'], resources: { requests: { storage: '0' } } } },
      [
        'spec.accessModes: Unsupported value: "Foo": supported values: "ReadOnlyMany", "ReadWriteMany", ' +
          '"ReadWriteOnce", "ReadWriteOncePod"',
        'spec.resources[storage]: Invalid value: "0": must be greater than zero',
      ],
    ],
  ]);

  const wrongTypes: [string, string, unknown, RegExp][] = [
    [
      'text for a number',
      'jobs',
      job('x', '', { backoffLimit: 'x' }),
      /cannot unmarshal string into Go struct field JobSpec\.spec\.backoffLimit of type int32$/,
    ],
    [
      'a number for text',
      'pods',
      pod('x', '', { image: 1 }),
      /cannot unmarshal number into Go struct field Container\.spec\.containers\.image of type string$/,
    ],
    [
      'a number as a label',
      'configmaps',
      configMap('x', { labels: { a: 1 } }),
      /cannot unmarshal number into Go struct field ObjectMeta\.metadata\.labels of type string$/,
    ],
    [
      'no quantity',
      'pods',
      pod('x', '', { resources: { limits: { cpu: 'x' } } }),
      /quantities must match the regular expression/,
    ],
    ['no base64', 'configmaps', configMap('x', {}, { binaryData: { a: 'x' } }), /illegal base64 data at input byte 0$/],
  ];
  for (const [what, resource, object, message] of wrongTypes) {
    it(`refuses ${what}`, async () => {
      const { code, body } = await tried(resource, object);
      expect([code, body.reason]).to.deep.equal([400, 'BadRequest']);
      expect(body.message).to.match(message);
    });
  }

  const nowhere: [string, Record<string, string>, (namespace: string) => string][] = [
    ['PriorityClass', { priorityClassName: 'nope' }, () => 'no PriorityClass with name nope was found'],
    ['RuntimeClass', { runtimeClassName: 'nope' }, () => 'pod rejected: RuntimeClass "nope" not found'],
    [
      'ServiceAccount',
      { serviceAccountName: 'nope' },
      (namespace) => `error looking up service account ${namespace}/nope: serviceaccount "nope" not found`,
    ],
  ];
  for (const [what, spec, why] of nowhere) {
    it(`forbids pods of a ${what} that does not exist`, async () => {
      const { code, body } = await tried('pods', pod('x', '', {}, spec));
      expect([code, body.reason, body.message]).to.deep.equal([
        403,
        'Forbidden',
        `pods "x" is forbidden: ${why(api.namespace)}`,
      ]);
    });
  }

  it('warns of names with dots', async () => {
    const { warnings } = await tried('jobs', job('a.b'));
    expect(warnings).to.include(
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is ' +
        'recommended: [must not contain dots]',
    );
  });

  describe('of changes', () => {
    const patch = (path: string, body: object) => api.call('PATCH', path, body, PATCH.merge);

    it('keeps the template of a Job that has begun, and its completions', async () => {
      await api.call('POST', 'jobs', job('begun', 'sleep 600', { parallelism: 0, completions: 1 }));
      await api.untilOf('jobs/begun', ({ status }) => status?.startTime !== undefined);
      const template = { spec: { nodeSelector: { a: 'b' } } };
      const [cause = ''] = causes(await patch('jobs/begun', { spec: { template } }));
      expect(cause).to.match(/^spec\.template: Invalid value: [^]*: field is immutable$/);
      expect(causes(await patch('jobs/begun', { spec: { completions: 3 } }))).to.deep.equal([
        'spec.completions: Invalid value: 3: field is immutable',
      ]);
      expect((await patch('jobs/begun', { spec: { selector: { matchLabels: { a: 'b' } } } })).code).to.equal(422);
      expect((await patch('jobs/begun', { spec: { parallelism: 2, activeDeadlineSeconds: 9 } })).code).to.equal(200);
      await api.call('DELETE', 'jobs/begun', { propagationPolicy: 'Background' });
    });

    it('keeps what is immutable', async () => {
      await api.call('POST', 'configmaps', configMap('fixed', {}, { immutable: true }));
      expect(causes(await patch('configmaps/fixed', { data: { a: 'c' } }))).to.deep.equal([
        'data: Forbidden: field is immutable when `immutable` is set',
      ]);
      expect(causes(await patch('configmaps/fixed', { immutable: false }))).to.deep.equal([
        'immutable: Forbidden: field is immutable when `immutable` is set',
      ]);
      await api.call('POST', 'secrets', { metadata: { name: 'typed' }, stringData: { a: 'b' } });
      expect(causes(await patch('secrets/typed', { type: 'foo' }))).to.deep.equal([
        'type: Invalid value: "foo": field is immutable',
      ]);
      const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
      await api.call('POST', 'persistentvolumeclaims', { metadata: { name: 'claim' }, spec });
      const other = { spec: { accessModes: ['ReadWriteMany'] } };
      expect((await patch('persistentvolumeclaims/claim', other)).code).to.equal(422);
    });
  });
});
