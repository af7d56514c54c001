import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseTaskYaml, type Resources, type TaskSpec, type VolumeMount } from '../../../taskfile/task-spec.js';

/** A task file that says the same as a spec. */
function valueOf(spec: TaskSpec): object {
  const { kubernetes } = spec;
  const { podConfig, labels, annotations, queue, serviceAccount, limitFactor, startDeadlineSeconds } = kubernetes;
  return {
    name: spec.name,
    num_nodes: spec.numNodes,
    workdir: spec.workdir,
    resources:
      spec.alternatives.length > 0
        ? { ordered: spec.alternatives.map(resourcesValue) }
        : resourcesValue(spec.resources),
    envs: spec.envs,
    secrets: Object.fromEntries(spec.secretNames.map((name) => [name, 'hidden'])),
    managed_secrets: spec.managedSecrets.map(({ name, mountPath }) =>
      mountPath === undefined ? name : { [name]: { mount_path: mountPath } },
    ),
    volumes: Object.fromEntries(spec.volumes.map(volumeEntry)),
    config: {
      kubernetes: {
        pod_config: podConfig && { spec: podConfig },
        custom_metadata: { labels, annotations },
        kueue: { local_queue_name: queue },
        remote_identity: serviceAccount,
        set_pod_resource_limits: limitFactor === 0 ? false : limitFactor,
        provision_timeout: startDeadlineSeconds === 'any' ? -1 : startDeadlineSeconds,
      },
    },
    timeout: spec.timeoutSeconds,
    fail_fast: spec.failFast,
    setup: spec.setup,
    run: spec.run,
  };
}

function resourcesValue(resources: Resources): object {
  const { cpus, memory, gpus, gpuType, image, context, labels, priority, priorityClass, recovery } = resources;
  return {
    cpus,
    memory,
    accelerators: gpuType === undefined ? gpus : `${gpuType}:${gpus}`,
    image_id: image,
    infra: context && `k8s/${context}`,
    labels,
    priority,
    priority_class: priorityClass,
    job_recovery: recovery && {
      max_restarts_on_errors: recovery.maxRestartsOnErrors,
      recover_on_exit_codes: recovery.recoverOnExitCodes,
    },
  };
}

function volumeEntry(mount: VolumeMount): [string, object] {
  if ('volume' in mount) return [mount.mountPath, { name: mount.volume, sub_path: mount.subPath }];
  const { size, labels, storageClass, accessMode, namespace } = mount.created;
  const config = { storage_class_name: storageClass, access_mode: accessMode, namespace };
  return [mount.mountPath, { size, labels, config }];
}

const option = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const tricky = fc.constantFrom(
  'yes',
  '012',
  '1e-4',
  '~',
  '',
  ' a ',
  'a: b',
  '# a',
  '"',
  "'",
  'a\n b\n\n',
  '\t',
  '$A ${B}',
  'é任🙂',
);
const script = fc.oneof(text, tricky).filter((value) => value.trim() !== '');
const variables = fc
  .dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), fc.oneof(text, tricky), { maxKeys: 4 })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('SKYPILOT_'))));
const dnsName = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
const path = fc
  .array(fc.stringMatching(/^[a-zA-Z0-9_-]{1,6}$/), { minLength: 1, maxLength: 3 })
  .map((all) => `/x/${all.join('/')}`);
const labels = fc.dictionary(fc.stringMatching(/^example\.com\/[a-z]{1,5}$/), fc.stringMatching(/^[A-Za-z0-9]{0,6}$/), {
  maxKeys: 2,
});
const quantity = (unit: string, step: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: 1, max: 9999 })
    .filter((amount) => amount % step !== 0)
    .map((amount) => `${amount}${unit}`);
const json = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.oneof(fc.integer(), fc.boolean(), text, fc.array(fc.integer(), { maxLength: 2 }), fc.constant({ a: null })),
  { maxKeys: 3 },
);

const resources: fc.Arbitrary<Resources> = fc.record({
  cpus: option(fc.oneof(fc.integer({ min: 1, max: 500 }).map(String), quantity('m', 1000))),
  memory: option(fc.oneof(quantity('Mi', 1024), quantity('Gi', 1024))),
  gpus: fc.integer({ min: 1, max: 8 }),
  gpuType: option(fc.constantFrom('A100', 'H100-80GB', 'T4')),
  image: option(fc.constantFrom('busybox', 'python:3.13-slim', 'reg.example.com:5000/a/b@sha256:'.padEnd(96, 'a'))),
  context: option(dnsName),
  labels,
  priority: option(fc.integer({ min: -1000, max: 1000 })),
  priorityClass: option(dnsName),
  recovery: option(
    fc.record({
      maxRestartsOnErrors: fc.integer({ min: 1, max: 1000 }),
      recoverOnExitCodes: fc
        .uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 3 })
        .map((all) => all.toSorted((a, b) => a - b)),
    }),
  ),
});

const mount: fc.Arbitrary<VolumeMount> = fc.oneof(
  fc.record({ mountPath: path, volume: dnsName, subPath: option(fc.constantFrom('a', 'a/b.c', '_x')) }),
  fc.record({
    mountPath: path,
    created: fc.record({
      size: quantity('Gi', 1024),
      labels,
      storageClass: option(dnsName),
      accessMode: fc.constantFrom('ReadWriteOnce', 'ReadWriteMany'),
      namespace: option(dnsName),
    }),
  }),
);

const spec: fc.Arbitrary<TaskSpec> = fc
  .record({
    name: option(fc.stringMatching(/^[A-Za-z0-9]{1,9}(?:[._-][A-Za-z0-9]{1,9}){0,2}$/)),
    numNodes: fc.integer({ min: 1, max: 1000 }),
    workdir: option(path),
    choices: fc.array(resources, { minLength: 1, maxLength: 3 }),
    envs: variables,
    secretNames: fc.uniqueArray(fc.stringMatching(/^S_[A-Z]{1,5}$/), { maxLength: 2 }),
    managedSecrets: fc.array(fc.record({ name: fc.stringMatching(/^[A-Z]{1,5}$/), mountPath: option(path) }), {
      maxLength: 2,
    }),
    hasRegistryLogin: fc.constant(false),
    volumes: fc.uniqueArray(mount, { selector: ({ mountPath }) => mountPath, maxLength: 3 }),
    kubernetes: fc.record({
      podConfig: option(json),
      labels,
      annotations: fc.dictionary(fc.stringMatching(/^example\.com\/[a-z]{1,5}$/), text, { maxKeys: 2 }),
      queue: option(dnsName),
      serviceAccount: option(dnsName),
      limitFactor: fc.constantFrom(0, 1, 1.5, 2),
      startDeadlineSeconds: option(fc.oneof(fc.integer({ min: 1, max: 2_592_000 }), fc.constant('any' as const))),
    }),
    timeoutSeconds: option(fc.integer({ min: 1, max: 100_000 })),
    failFast: fc.boolean(),
    setup: option(script),
    run: script,
  })
  .map(({ choices, ...task }) => ({
    ...task,
    envs: Object.fromEntries(Object.entries(task.envs).filter(([name]) => !task.secretNames.includes(name))),
    resources: choices[0] as Resources,
    alternatives: choices.length > 1 ? choices : [],
  }));

describe('a task that is written as YAML and read again', () => {
  it('is the same', () => {
    const style = fc.constantFrom('QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL');
    fc.assert(
      fc.property(spec, style, (task, defaultStringType) => {
        const yaml = stringify(valueOf(task), {
          version: '1.1',
          defaultStringType,
          defaultKeyType: 'QUOTE_DOUBLE',
          lineWidth: 0,
        });
        const result = parseTaskYaml(yaml);
        expect(result.ok ? result.spec : result.violations, yaml).to.deep.equal(task);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
