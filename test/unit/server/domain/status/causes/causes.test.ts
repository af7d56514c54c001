import { expect } from 'chai';
import type { Symptoms } from '../../../../../../server/domain/status/causes/cause.js';
import { CAUSES, causeOf, rankOf } from '../../../../../../server/domain/status/causes/causes.js';

const of = (over: Partial<Symptoms>): Symptoms => ({
  reason: 'Error',
  message: '',
  exitCode: undefined,
  lines: [],
  ...over,
});
const waits = (reason: string, message = ''): Symptoms => of({ reason, message });
const ended = (exitCode: number, ...lines: string[]): Symptoms =>
  of({ message: `exit code ${exitCode}`, exitCode, lines });

const UNHELPFUL = 'Preemption is not helpful for scheduling';
const scheduler = (machines: number, why: string, preemption: string): string =>
  `0/${machines} nodes are available: ${why}. no new claims to deallocate, preemption: 0/${machines} nodes are available: ${preemption}.`;

const SHUT_DOWN = waits('Terminated', 'Pod was terminated in response to imminent node shutdown.');

/** What Kubernetes 1.36 and containerd say, word for word where it matters. */
const CASES: readonly (readonly [category: string, symptoms: Symptoms])[] = [
  [
    'QuotaExceeded',
    waits('FailedCreate', 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0'),
  ],
  [
    'PodSecurity',
    waits(
      'FailedCreate',
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    ),
  ],
  [
    'WebhookUnavailable',
    waits('FailedCreate', 'Internal error occurred: failed calling webhook "w": Post "https://…": dial tcp: refused'),
  ],
  ['LimitRange', waits('FailedCreate', 'pods "x" is forbidden: maximum cpu usage per Container is 1, but limit is 2')],
  ['AdmissionDenied', waits('FailedCreate', 'admission webhook "w" denied the request: images have to be signed')],
  [
    'VolumeNotFound',
    waits('Unschedulable', '0/1 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/1 …'),
  ],
  [
    'VolumePending',
    waits('Unschedulable', '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
  ],
  [
    'VolumePending',
    waits('Unschedulable', "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind."),
  ],
  [
    'VolumeUnreachable',
    waits('Unschedulable', '0/3 nodes are available: 3 node(s) had volume node affinity conflict.'),
  ],
  ['InsufficientResources', waits('Unschedulable', '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.')],
  ['InsufficientResources', waits('Unschedulable', scheduler(2, '2 Insufficient cpu', `2 ${UNHELPFUL}`))],
  [
    'InsufficientResources',
    waits('Unschedulable', '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s).'),
  ],
  [
    'NoMatchingMachine',
    waits('Unschedulable', "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
  ],
  ['Tainted', waits('Unschedulable', '0/1 nodes are available: 1 node(s) had untolerated taint(s).')],
  ['Unschedulable', waits('SchedulerError', 'running PreFilter plugin: it broke')],
  [
    'InvalidImage',
    waits(
      'InvalidImageName',
      'Failed to apply default image tag "A b": couldn\'t parse image name "A b": invalid reference format',
    ),
  ],
  [
    'ImageAccessDenied',
    waits(
      'ErrImagePull',
      'failed to pull and unpack image "docker.io/me/private:1": failed to resolve reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ),
  ],
  [
    'ImageAccessDenied',
    waits(
      'ImagePullBackOff',
      'Back-off pulling image "r.io/x:1": ErrImagePull: unexpected status from HEAD request to https://r.io/v2/x/manifests/1: 401 Unauthorized',
    ),
  ],
  [
    'ImageNotFound',
    waits(
      'ErrImagePull',
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/python:9": failed to resolve reference "docker.io/library/python:9": docker.io/library/python:9: not found',
    ),
  ],
  ['ImageNotFound', waits('ErrImageNeverPull', 'Container image "x:1" is not present with pull policy of Never')],
  [
    'ImagePull',
    waits(
      'ErrImagePull',
      'failed to do request: Head "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host',
    ),
  ],
  ['SecretMissing', waits('CreateContainerConfigError', 'secret "task-abc12345" not found')],
  ['SecretMissing', waits('CreateContainerConfigError', "couldn't find key token in Secret team-a/keys")],
  ['SecretMissing', waits('FailedMount', 'MountVolume.SetUp failed for volume "secret-0" : secret "keys" not found')],
  ['VolumeMount', waits('FailedMount', 'MountVolume.SetUp failed for volume "pvc-1" : mount failed: exit status 32')],
  [
    'VolumeMount',
    waits('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) other'),
  ],
  ['ExecFormat', waits('StartError', 'StartError: exec /bin/sh: exec format error')],
  ['ContainerConfig', waits('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root')],
  [
    'VolumePending',
    waits('SchedulerError', 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'),
  ],
  ['ContainerConfig', waits('CreateContainerError', 'context deadline exceeded')],
  ['Restarting', waits('Restarting', 'attempt 1 begins soon, because node-0 exited 3')],
  ['Starting', waits('ContainerCreating', 'the container is being created')],
  ['WaitingForJobController', waits('WaitingForPod')],
  ['WaitingForScheduler', waits('WaitingForScheduler')],
  ['Suspended', waits('Suspended')],
  ['OutOfMemory', of({ reason: 'OOMKilled', exitCode: 137 })],
  [
    'OutOfMemory',
    waits('Evicted', 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi.'),
  ],
  ['DiskFull', waits('Evicted', 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.')],
  ['Evicted', waits('EvictionByEvictionAPI')],
  ['Evicted', waits('PodDeleted')],
  ['NodeLost', SHUT_DOWN],
  ['NodeLost', waits('DeletionByTaintManager')],
  ['DeadlineExceeded', waits('DeadlineExceeded', 'the task ran longer than its timeout of 1h')],
  ['Interrupted', waits('JobDeleted')],
  ['PodLost', waits('BackoffLimitExceeded', 'Job has reached the specified backoff limit')],
  ['SharedMemory', ended(135)],
  ['ReadOnlyFileSystem', ended(1, 'mkdir: cannot create directory: Read-only file system')],
  [
    'ReadOnlyFileSystem',
    of({ reason: 'SetupFailed', exitCode: 1, lines: ['OSError: [Errno 30] Read-only file system: "/x"'] }),
  ],
  ['ExecFormat', ended(126, 'sh: 1: ./prog: Exec format error')],
  ['DiskFull', ended(1, 'OSError: [Errno 28] No space left on device', 'bye')],
  ['SetupFailed', of({ reason: 'SetupFailed', exitCode: 2 })],
  ['SetupFailed', of({ reason: 'SetupFailed', exitCode: 1, lines: ['error: externally-managed-environment'] })],
  ['ExitCode', ended(1, 'error: externally-managed-environment')],
  ['CommandNotFound', of({ reason: 'SetupFailed', exitCode: 127 })],
  ['CommandNotFound', ended(127, 'sh: 1: pyhton: not found')],
  ['CommandNotFound', ended(127, '/usr/bin/bash: line 1: python: command not found')],
  ['ExitCode', ended(139)],
  ['ExitCode', ended(137)],
  ['ExitCode', ended(3)],
];

describe('the table of causes', () => {
  for (const [category, symptoms] of CASES) {
    it(`${symptoms.reason} ${symptoms.message || symptoms.lines.join(' / ')} is ${category}`.slice(0, 110), () => {
      expect(causeOf(symptoms)?.category).to.equal(category);
    });
  }

  it('has no row that no case is for', () => {
    const hit = new Set(CASES.map(([, symptoms]) => causeOf(symptoms)));
    expect(CAUSES.filter((cause) => !hit.has(cause))).to.deep.equal([]);
  });

  it('says what to do about everything but a wait in which nothing is wrong', () => {
    const silent = CAUSES.filter(({ fix }) => fix === '').map(({ category }) => category);
    expect(silent).to.have.members(['Starting', 'Restarting', 'WaitingForJobController', 'WaitingForScheduler']);
  });

  it('knows nothing of a reason that it has never heard of, and ranks it last', () => {
    expect(causeOf(waits('Whatever'))).to.equal(undefined);
    expect(rankOf(waits('Whatever'))).to.equal(CAUSES.length);
    expect(rankOf(waits('ErrImagePull'))).to.be.below(rankOf(waits('ContainerCreating')));
  });

  it('does not advise to wait for what no machine has, and does where it is in use', () => {
    const fixOf = (why: string, preemption: string): string | undefined =>
      causeOf(waits('Unschedulable', scheduler(3, why, preemption)))?.fix;
    const mixed = '1 node(s) had untolerated taint(s), 2 Insufficient nvidia.com/gpu';
    expect(fixOf('3 Insufficient nvidia.com/gpu', `3 ${UNHELPFUL}`)).to.match(/no machine has as much.*doctor/);
    expect(fixOf(mixed, `3 ${UNHELPFUL}`)).to.match(/no machine has as much/);
    expect(fixOf(mixed, `1 ${UNHELPFUL}, 2 No preemption victims found for incoming pod`)).to.match(/or wait/);
    expect(fixOf('3 Insufficient cpu', '3 No preemption victims found for incoming pod')).to.match(/or wait/);
  });

  it('knows of python that it is called python3 in many places', () => {
    const fixOf = (line: string): string | undefined => causeOf(ended(127, line))?.fix;
    for (const line of ['bash: line 3: python: command not found', '/bin/sh: python: not found']) {
      expect(fixOf(line)).to.contain('call python3');
    }
    expect(fixOf('sh: 1: ipython: not found')).to.not.contain('python3');
    expect(fixOf('sh: 1: pip: not found')).to.not.contain('python3');
  });

  it('knows of a Python that pip may not change how to go on', () => {
    for (const lines of [
      ['error: externally-managed-environment'],
      ['note: If you believe …', 'hint: See PEP 668 for the detailed specification.'],
    ]) {
      const cause = causeOf(
        of({ reason: 'SetupFailed', message: 'setup failed with exit code 1', exitCode: 1, lines }),
      );
      expect(cause?.category).to.equal('SetupFailed');
      expect(cause?.fix).to.contain('python3 -m venv');
      expect(causeOf(ended(1, ...lines))?.fix).to.equal(cause?.fix);
    }
  });

  it('says what a shutdown of the node is to a user', () => {
    expect(causeOf(SHUT_DOWN)?.say?.(SHUT_DOWN)).to.equal(
      'its machine was shut down, or the embedded cluster stopped (k8s-cli local stop), while the program ran',
    );
    expect(causeOf(SHUT_DOWN)?.fix).to.equal('submit the task again, or set job_recovery to have it run again');
  });

  it('tells of an image in a sentence of its own', () => {
    const say = (message: string): string | undefined =>
      causeOf(waits('ErrImagePull', message))?.say?.(waits('', message));
    expect(say('failed to pull and unpack image "docker.io/library/python:9": not found')).to.equal(
      'image "docker.io/library/python:9" does not exist',
    );
    expect(say('image "x": no match for platform in manifest: not found')).to.equal(
      'image "x" does not exist for the kind of machine',
    );
    expect(say('pulling image "x": pull access denied')).to.equal(
      'image "x" does not exist, or may not be pulled without a login',
    );
  });
});
