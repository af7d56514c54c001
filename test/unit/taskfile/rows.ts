/**
 * Every field and form of SkyPilot's task files with its outcome here, row by row. Each text stands behind `run: a`.
 */

/** What becomes of a text. */
export type Outcome =
  /** It works: the task has this value at this path. */
  | { readonly works: string; readonly value: unknown }
  /** It is accepted, with one warning. */
  | { readonly warns: RegExp }
  /** It is refused. `editor`: by the JSON Schema too. */
  | { readonly refused: RegExp; readonly editor: boolean };

/** One row: the text, and what becomes of it. */
export type Row = readonly [text: string, outcome: Outcome];

const works = (path: string, value: unknown): Outcome => ({ works: path, value });
const warns = (words: RegExp): Outcome => ({ warns: words });
const refused = (words: RegExp): Outcome => ({ refused: words, editor: true });
/** Refused by the parser only: a schema does not look so close. */
const looked = (words: RegExp): Outcome => ({ refused: words, editor: false });

const inResources = (rows: readonly Row[]): Row[] => rows.map(([text, out]) => [`resources: {${text}}`, out]);
const inKubernetes = (rows: readonly Row[]): Row[] =>
  rows.map(([text, out]) => [`config: {kubernetes: {${text}}}`, out]);

const TOP_LEVEL: readonly Row[] = [
  ['', works('numNodes', 1)],
  ['name: my_Task.v2--x', works('name', 'my_Task.v2--x')],
  ['name: a b', looked(/name: "a b" is not a task name/)],
  ['name: -a', looked(/is not a task name/)],
  ['name: ""', works('name', undefined)],
  ['name: 5', refused(/name: must be text, not 5; put it in quotes/)],
  ['workdir: /work/dir', works('workdir', '/work/dir')],
  ['workdir: .', looked(/means files of your own machine, and uploading them is not supported yet/)],
  ['workdir: ~/code', looked(/means files of your own machine/)],
  ['workdir: {url: "https://example.com/x.git", ref: main}', refused(/a repository as workdir is not supported yet/)],
  ['num_nodes: 4', works('numNodes', 4)],
  ['num_nodes: 0', refused(/num_nodes: must be an integer from 1 to 1000, not 0/)],
  ['num_nodes: -1', refused(/not -1/)],
  ['num_nodes: true', refused(/not true/)],
  ['num_nodes: 1.5', refused(/not 1\.5/)],
  ['num_nodes: "2"', refused(/leave the quotes out/)],
  ['num_nodes: 2.0', looked(/leave the decimal point out/)],
  ['num_nodes: 010', works('numNodes', 8)],
  ['num_nodes: 08', refused(/leave the 0 before it out/)],
  ['num_nodes:', works('numNodes', 1)],
  ['num_nodes: 1001', refused(/not 1001/)],
  ['resources:', works('resources.cpus', undefined)],
  ['resources: {}', works('resources.gpus', 0)],
  ['envs: {A: x, B: 1, C: 1.0, D: true, E: ""}', works('envs', { A: 'x', B: '1', C: '1.0', D: 'True', E: '' })],
  ['envs: {A: }', looked(/envs\.A: has no value, which makes it required; set it with --env A, or write A: ""/)],
  ['envs: {1A: x}', refused(/envs\.1A: is not a name for an environment variable/)],
  ['envs: {A: [x]}', refused(/envs\.A: must be one value, not a list/)],
  ['envs: {SKYPILOT_NODE_RANK: 1}', looked(/names that begin with SKYPILOT_ are set by the system/)],
  ['secrets: {A: x}', works('secretNames', ['A'])],
  ['secrets: {A: }', looked(/secrets\.A: has no value, which makes it required/)],
  ['secrets: {"secrets:A": }', works('managedSecrets', [{ name: 'A', mountPath: undefined }])],
  ['secrets: {"secrets:A": x}', looked(/names a secret of the server and has a value too/)],
  [
    'secrets: ["secrets:A", "secrets:personal.B", "secrets:workspace.C", "secrets:global.D"]',
    works(
      'managedSecrets',
      ['A', 'B', 'C', 'D'].map((name) => ({ name, mountPath: undefined })),
    ),
  ],
  ['secrets: {SKYPILOT_NODE_RANK: 1}', looked(/names that begin with SKYPILOT_ are set by the system/)],
  ['secrets: [A]', refused(/is not the name of a secret; write "secrets:NAME"/)],
  [
    'managed_secrets: [A, {B: {mount_path: /etc/b}}]',
    works('managedSecrets', [
      { name: 'A', mountPath: undefined },
      { name: 'B', mountPath: '/etc/b' },
    ]),
  ],
  ['managed_secrets: [{A: {mount_path: /x}}, {B: {mount_path: /x/}}]', looked(/has the path of another secret/)],
  ['managed_secrets: [{A: {mount_path: x}}]', looked(/is not an absolute path/)],
  ['managed_secrets: {A: }', refused(/managed_secrets: must be a list of names/)],
  ['setup: pip install x', works('setup', 'pip install x')],
  ['setup: [a]', refused(/setup: must be text, not a list/)],
  ['file_mounts: {/a: {store: volume, name: b}}', refused(/use a volume/)],
  ['file_mounts: {/a: "s3://x"}', refused(/use a volume/)],
  ['file_mounts: {/a: ./b}', refused(/file mounts are not supported yet; use a volume/)],
  ['file_mounts: {/a: {name: b, source: "s3://x", mode: MOUNT}}', refused(/fetch them in setup/)],
  ['config: {}', works('kubernetes.limitFactor', 1)],
  ['service: {replicas: 2}', refused(/serving is not supported/)],
  ['pool: {workers: 2}', refused(/pools of workers are not supported/)],
  ['inputs: {"s3://x": 1}', warns(/inputs: ignored: /)],
  ['outputs: {"s3://x": 1}', warns(/outputs: ignored: /)],
  ['event_callback: notify', warns(/event_callback: ignored: no callbacks are made/)],
  ['api_server_access: true', warns(/api_server_access: ignored: /)],
  ['file_mounts_mapping: {a: b}', refused(/SkyPilot's own/)],
  ['volume_mounts: [{a: b}]', refused(/SkyPilot's own and not for task files; write volumes/)],
  ['_metadata: {a: b}', refused(/SkyPilot's own/)],
  ['_user_specified_yaml: a', refused(/SkyPilot's own/)],
  ['experimental: {config_overrides: {}}', warns(/experimental: ignored: it is the old spelling of config/)],
  ['execution: parallel', refused(/execution: unknown field/)],
  ['accelerators: A100', refused(/accelerators: unknown field; move it under resources:/)],
  ['any_of: [{cpus: 1}]', refused(/any_of: unknown field; move it under resources:/)],
  ['num_node: 2', refused(/num_node: unknown field; did you mean num_nodes\?/)],
  ['name: a\nname: b', looked(/name: is given twice, first on line 2/)],
  ['name: a\n---\nrun: b', looked(/a second document begins here; put one task into a file/)],
];

const RESOURCES: readonly Row[] = inResources([
  ['cpus: 4', works('resources.cpus', '4')],
  ['cpus: 0.5', works('resources.cpus', '500m')],
  ['cpus: "4"', works('resources.cpus', '4')],
  ['cpus: 4+', works('resources.cpus', '4')],
  ['cpus: 500m', works('resources.cpus', '500m')],
  ['cpus: 0', looked(/must be more than 0/)],
  ['cpus: lots', looked(/is not an amount of CPU/)],
  ['cpus: [4]', refused(/a list is not an amount of CPU/)],
  ['memory: 32', works('resources.memory', '32Gi')],
  ['memory: "32"', works('resources.memory', '32Gi')],
  ['memory: 32+', works('resources.memory', '32Gi')],
  ['memory: "1.5"', works('resources.memory', '1536Mi')],
  ['memory: 32GB', works('resources.memory', '32Gi')],
  ['memory: 64Gi', works('resources.memory', '64Gi')],
  ['memory: 1024MB', works('resources.memory', '1Gi')],
  ['memory: 64gi+', works('resources.memory', '64Gi')],
  ...['K', 'M', 'G', 'T', 'P'].flatMap((power) =>
    [`${power}B`, `${power}I`, `${power}b`, `${power}i`, `${power}b`.toLowerCase(), `${power}i`.toLowerCase()].map(
      (unit): Row => [`memory: 3${unit}`, works('resources.memory', `3${power}i`)],
    ),
  ),
  ['memory: 32GB+', works('resources.memory', '32Gi')],
  ['memory: 32+GB', looked(/is not an amount of memory/)],
  ['memory: 4GiB', looked(/has the unknown unit GiB; write "4Gi"/)],
  ['accelerators: A100', works('resources.gpuType', 'A100')],
  ['accelerators: A100', works('resources.gpus', 1)],
  ['accelerators: 2', works('resources.gpus', 2)],
  ['accelerators: "A100:8"', works('resources.gpus', 8)],
  ['accelerators: {A100: 8}', works('resources.gpus', 8)],
  ['accelerators: {A100:8}', works('resources.gpus', 8)],
  ["accelerators: {'L4:1', 'H100:2'}", works('alternatives.1.gpus', 2)],
  ['accelerators: {L4:1, H100:2}', works('alternatives.0.gpuType', 'L4')],
  ["accelerators: ['L4:1', 'H100:2']", works('alternatives.1.gpuType', 'H100')],
  ['accelerators: "V100:0.5"', looked(/0\.5 is a part of a GPU/)],
  ['accelerators: "V100:1:2"', looked(/has more than one ":"/)],
  ['accelerators: {A100: "8"}', refused(/"8" is not a number of GPUs; leave the quotes out/)],
  ['accelerators: ""', works('resources.gpus', 0)],
  ['accelerators: tpu-v5e-8', looked(/TPUs are not supported/)],
  ['accelerator_args: {runtime_version: x}', warns(/accelerator_args: ignored: it is for TPUs only/)],
  ['image_id: docker:ubuntu:24.04', works('resources.image', 'ubuntu:24.04')],
  ['image_id: ubuntu', works('resources.image', 'ubuntu')],
  ['image_id:', works('resources.image', undefined)],
  ['image_id: {kubernetes: a, us-east-1: b}', works('resources.image', 'a')],
  ['image_id: {us-east-1: "docker:b"}', works('resources.image', 'b')],
  ['image_id: {us-east-1: a, us-west-2: b}', looked(/names 2 images, none of them for Kubernetes/)],
  ['image_id: ami-123', looked(/is a machine image of a cloud/)],
  ['image_id: projects/x/y', looked(/is a machine image of a cloud/)],
  ['image_id: ocid1.image', looked(/is a machine image of a cloud/)],
  ['image_id: skypilot:gpu-ubuntu', looked(/is a machine image of a cloud/)],
  ['infra: k8s', works('resources.context', undefined)],
  ['infra: kubernetes', works('resources.context', undefined)],
  ['infra: k8s/prod', works('resources.context', 'prod')],
  ['infra: "*"', works('resources.context', undefined)],
  ['infra: "k8s/*"', works('resources.context', undefined)],
  ['infra: "*/us-east-1"', works('resources.context', 'us-east-1')],
  ['infra: aws/us-east-1', looked(/"aws\/us-east-1" is not Kubernetes/)],
  ['cloud: kubernetes', works('resources.context', undefined)],
  ['cloud: gcp', looked(/"gcp" is not Kubernetes/)],
  ['region: prod', works('resources.context', 'prod')],
  ['zone: a', warns(/zone: ignored: Kubernetes chooses the nodes/)],
  ['instance_type: p4d', warns(/instance_type: ignored: /)],
  ['use_spot: false', works('resources.gpus', 0)],
  ['use_spot: true', warns(/use_spot: ignored: there are no spot nodes to ask for/)],
  ['job_recovery: none', works('resources.recovery', undefined)],
  ['job_recovery: FAILOVER', warns(/job_recovery: ignored: there are no other clusters/)],
  ['job_recovery: EAGER_NEXT_REGION', warns(/job_recovery: ignored: /)],
  [
    'job_recovery: {strategy: none, max_restarts_on_errors: 3, recover_on_exit_codes: [33, 34]}',
    works('resources.recovery', { maxRestartsOnErrors: 3, recoverOnExitCodes: [33, 34] }),
  ],
  ['job_recovery: {recover_on_exit_codes: 33}', works('resources.recovery.recoverOnExitCodes', [33])],
  ['job_recovery: {max_restarts_on_errors: -1}', refused(/must be an integer from 0 to 1000, not -1/)],
  ['job_recovery: {recover_on_exit_codes: 256}', refused(/256 is not an exit code/)],
  ['job_recovery: SOMETIMES', looked(/"SOMETIMES" is not a strategy/)],
  ['disk_size: 100', warns(/disk_size: ignored: /)],
  ['disk_size: 1TB', warns(/disk_size: ignored: /)],
  ['ephemeral_storage: 100', warns(/ephemeral_storage: ignored: /)],
  ['disk_tier: best', warns(/disk_tier: ignored: /)],
  ['network_tier: best', warns(/network_tier: ignored: /)],
  ['local_disk: nvme', warns(/local_disk: ignored: /)],
  ['max_hourly_cost: 1.5', warns(/max_hourly_cost: ignored: /)],
  ['ports: 8080', warns(/ports: ignored: no ports are published/)],
  ['ports: 10052-10100', warns(/ports: ignored: /)],
  ['ports: [80, "90-95"]', warns(/ports: ignored: /)],
  ['ports:', works('resources.gpus', 0)],
  ['labels: {team: research, example.com/a: ""}', works('resources.labels', { team: 'research', 'example.com/a': '' })],
  ['labels: {kueue.x-k8s.io/queue-name: q}', works('resources.labels', { 'kueue.x-k8s.io/queue-name': 'q' })],
  ['labels: {task-id: x}', looked(/is set by the system/)],
  ['labels: {k8s-cli/x: y}', looked(/is set by the system/)],
  ['labels: {a: "b c"}', looked(/is not the value of a Kubernetes label/)],
  ['labels: {a: 1}', refused(/must be text, not 1; put it in quotes/)],
  ['autostop: true', warns(/autostop: ignored: /)],
  ['autostop: 10m', warns(/autostop: ignored: /)],
  ['autostop: 10', warns(/autostop: ignored: /)],
  ['autostop: {idle_minutes: 10, down: true}', warns(/autostop: ignored: /)],
  ['priority: -1000', works('resources.priority', -1000)],
  ['priority: 0', works('resources.priority', 0)],
  ['priority: true', refused(/not true/)],
  ['priority: 1001', refused(/must be an integer from -1000 to 1000, not 1001/)],
  ['priority_class: high', works('resources.priorityClass', 'high')],
  ['priority_class: A b', looked(/is not the name of a PriorityClass/)],
  ['any_of: [{cpus: 2}, {infra: k8s, accelerators: T4}]', works('alternatives.1.gpuType', 'T4')],
  ['any_of: [{infra: aws}, {cpus: 2}]', warns(/this alternative is left out: aws is not Kubernetes/)],
  ['any_of: [{accelerators: {L4:1, T4:1}}]', looked(/column 37: .*names several GPU types in one alternative/)],
  ['accelerators: {L4:1, T4:1}, any_of: [{cpus: 1}]', looked(/column 27: .*names several GPU types beside any_of/)],
  ['any_of: [{infra: aws}, {cloud: gcp}]', looked(/none of the alternatives is for Kubernetes/)],
  ['memory: 8, ordered: [{cpus: 2, memory: 16}, {cpus: 4}]', works('alternatives.0.memory', '16Gi')],
  ['memory: 8, ordered: [{cpus: 2, memory: 16}, {cpus: 4}]', works('alternatives.1.memory', '8Gi')],
  ['ordered: []', refused(/must be a list of alternatives/)],
  ['any_of: [{cpus: 1}], ordered: [{cpus: 2}]', looked(/there are any_of and ordered; keep one of the two/)],
  ['volumes: [{name: x}]', refused(/write volumes at the top level/)],
  ['_docker_login_config: {a: b}', refused(/SkyPilot's own/)],
  ['_is_image_managed: true', refused(/SkyPilot's own/)],
  ['_requires_fuse: true', refused(/SkyPilot's own/)],
  ['_cluster_config_overrides: {a: b}', refused(/SkyPilot's own/)],
  ['_no_missing_accel_warnings: true', refused(/SkyPilot's own/)],
  ['hooks: [{run: a}]', refused(/move to config\.hooks/)],
  ['memmory: 4', refused(/unknown field; did you mean memory\?/)],
]);

const LOGIN = 'SKYPILOT_DOCKER_USERNAME: u, SKYPILOT_DOCKER_PASSWORD: p, SKYPILOT_DOCKER_SERVER: reg.example.com';
const REGISTRY: readonly Row[] = [
  [`envs: {${LOGIN}}`, works('hasRegistryLogin', true)],
  [`envs: {${LOGIN}}`, works('envs', {})],
  [`secrets: {${LOGIN}}`, works('secretNames', [])],
  [`secrets: {${LOGIN}}\nresources: {image_id: a/b}`, works('resources.image', 'reg.example.com/a/b')],
  [`secrets: {${LOGIN}}\nresources: {image_id: reg.example.com/b}`, works('resources.image', 'reg.example.com/b')],
  ['envs: {SKYPILOT_DOCKER_USERNAME: u}', looked(/is missing; a login needs all three of/)],
];

const VOLUMES: readonly Row[] = [
  ['volumes: {/data: a}', works('volumes.0.volume', 'a')],
  ['volumes: {/data: {name: a, sub_path: x/y}}', works('volumes.0.subPath', 'x/y')],
  ['volumes: {/data: {name: a, sub_path: ../y}}', looked(/is not a path inside of a volume/)],
  ...['KB', 'Ki', 'MB', 'Mi', 'GB', 'Gi', 'TB', 'Ti', 'PB', 'Pi'].flatMap((unit) =>
    [unit, unit.toLowerCase(), unit.toUpperCase()].map(
      (spelled): Row => [`volumes: {/data: {size: 3${spelled}}}`, works('volumes.0.created.size', `3${unit[0]}i`)],
    ),
  ),
  ['volumes: {/data: {size: 10}}', works('volumes.0.created.size', '10Gi')],
  ['volumes: {/data: {size: 10gb, type: k8s-pvc}}', works('volumes.0.created.size', '10Gi')],
  ['volumes: {/data: {size: 1.5}}', refused(/1\.5 is not a size/)],
  ['volumes: {/data: {size: 1, labels: {a: b}}}', works('volumes.0.created.labels', { a: 'b' })],
  ['volumes: {/data: {size: 1, config: {storage_class_name: fast}}}', works('volumes.0.created.storageClass', 'fast')],
  ...['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'].map(
    (mode): Row => [
      `volumes: {/data: {size: 1, config: {access_mode: ${mode}}}}`,
      works('volumes.0.created.accessMode', mode),
    ],
  ),
  ['volumes: {/data: {size: 1, config: {access_mode: RWX}}}', refused(/"RWX" is not an access mode/)],
  ['volumes: {/data: {size: 1, config: {namespace: x}}}', works('volumes.0.created.namespace', 'x')],
  ['volumes: {/data: {size: 1, config: {host_path: /x}}}', refused(/directories of the cluster's machines/)],
  ['volumes: {/data: {size: 1, config: {cleanup_on_deletion: true}}}', warns(/it is always deleted with its task/)],
  ['volumes: {/data: {size: 1, type: k8s-hostpath}}', refused(/directories of the cluster's machines/)],
  ['volumes: {/data: {size: 1, type: runpod-network-volume}}', refused(/is not a type of volume here/)],
  ['volumes: {/data: {name: a, labels: {a: b}}}', warns(/labels: ignored: it is for storage that is made/)],
  ['volumes: {/data: {name: a, config: {access_mode: ReadWriteMany}}}', warns(/config: ignored: it is for storage/)],
  ['volumes: {/data: {name: a, type: k8s-pvc}}', works('volumes.0.volume', 'a')],
  ['volumes: {/data: {name: a, size: 1}}', looked(/has a name or a sub_path and a size/)],
  ['volumes: {/data: {host_path: /x}}', refused(/directories of the cluster's machines cannot be mounted/)],
  ['volumes: {/data: {mode: ro}}', refused(/directories of the cluster's machines/)],
  ['volumes: {data: a}', looked(/is not an absolute path/)],
  ['volumes: [/data]', refused(/must be a mapping of paths to volume names/)],
];

const CONFIG: readonly Row[] = [
  ...inKubernetes([
    ['pod_config: {spec: {tolerations: []}}', works('kubernetes.podConfig', { tolerations: [] })],
    ['pod_config: {metadata: {labels: {a: b}}}', works('kubernetes.labels', { a: 'b' })],
    ['custom_metadata: {labels: {a: b}}', works('kubernetes.labels', { a: 'b' })],
    ['custom_metadata: {annotations: {a: b c}}', works('kubernetes.annotations', { a: 'b c' })],
    ['provision_timeout: 60', works('kubernetes.startDeadlineSeconds', 60)],
    ['provision_timeout: -1', works('kubernetes.startDeadlineSeconds', 'any')],
    ['provision_timeout: 0', looked(/must be seconds from 1 to/)],
    ['provision_timeout: soon', refused(/must be seconds from 1 to/)],
    ['kueue: {local_queue_name: q}', works('kubernetes.queue', 'q')],
    ['quota: x', warns(/quota: ignored: /)],
    ['set_pod_resource_limits: true', works('kubernetes.limitFactor', 1)],
    ['set_pod_resource_limits: false', works('kubernetes.limitFactor', 0)],
    ['set_pod_resource_limits: 2', works('kubernetes.limitFactor', 2)],
    ['set_pod_resource_limits: much', refused(/must be true, false or a number/)],
    ['remote_identity: robot', works('kubernetes.serviceAccount', 'robot')],
    ['remote_identity: NO_UPLOAD', warns(/remote_identity: ignored: /)],
    ['remote_identity: LOCAL_CREDENTIALS', warns(/remote_identity: ignored: /)],
    ['remote_identity: SERVICE_ACCOUNT', warns(/remote_identity: ignored: /)],
    ['dws: {enabled: true}', warns(/dws: ignored: /)],
    ['enable_docker: true', refused(/enable_docker: is not supported/)],
    ['podconfig: {}', refused(/did you mean pod_config\?/)],
  ]),
  ['config: {hooks: [{run: a, events: [preemption]}]}', warns(/config\.hooks: ignored: no notice of a preemption/)],
  ['config: {hooks: [{run: a, events: [down]}]}', refused(/hooks are not supported yet; trap SIGTERM in run/)],
  ['config: {hooks: [{run: a, events: [stop]}]}', refused(/hooks are not supported yet; trap SIGTERM in run/)],
  ...['docker', 'nvidia_gpus', 'ssh', 'aws', 'gcp', 'azure', 'vast', 'slurm', 'active_workspace'].map(
    (name): Row => [`config: {${name}: {a: b}}`, warns(new RegExp(`config\\.${name}: ignored: `))],
  ),
];

// How text becomes values: YAML 1.1 as PyYAML reads it, and variables in paths.
const READING: readonly Row[] = [
  ['envs: {A: yes, B: 1e-4, C: 012, D: 1:30}', works('envs', { A: 'True', B: '1e-4', C: '10', D: '90' })],
  [
    'envs: {A: 1.0e-4, B: 0x1F, C: 1_000, D: 2024-01-02}',
    works('envs', { A: '0.0001', B: '31', C: '1000', D: '2024-01-02' }),
  ],
  ['envs: {A: d}\nvolumes: {"/$A/${A}": "v-$A"}', works('volumes.0.mountPath', '/d/d')],
  ['envs: {A: d}\nvolumes: {"/$A/${A}": "v-$A"}', works('volumes.0.volume', 'v-d')],
  ['envs: {A: d}\nworkdir: /x/$A/$NONE', works('workdir', '/x/d/$NONE')],
  ['envs: {A: d}\nsetup: echo $A', works('setup', 'echo $A')],
];

/** All rows. */
export const ROWS: readonly Row[] = [...TOP_LEVEL, ...RESOURCES, ...REGISTRY, ...VOLUMES, ...CONFIG, ...READING];

/** A row's text on one line. */
export function titleOf(text: string): string {
  return text.replaceAll('\n', ' / ') || 'nothing';
}
