import { expect } from 'chai';
import type { ClusterEvent } from '../../../../../server/domain/ports.js';
import { nodeState } from '../../../../../server/domain/status/node-state.js';
import type { HaltMark, JobView, NodeView, PodView, TaskNode, TaskRecord } from '../../../../../server/domain/task.js';
import {
  endedNode,
  job,
  node,
  pod,
  record,
  result,
  RUNNING,
  runningNode,
  T0,
  terminated,
  waitingNode,
} from '../../../../support/server/views.js';

const STOP = { user: 'ann', timeMs: T0 + 6000, reason: '', startedAtMs: {} };
/** A pod that is gone, whose container ended so many seconds after T0. */
const endedPod = (second: number): PodView =>
  pod({ phase: 'Failed', deleting: true, container: terminated(143, { seconds: second - 1 }) });
const FAILED_JOB = job({ outcome: 'failed', outcomeReason: 'BackoffLimitExceeded', outcomeAtMs: T0 + 6000 });
/** A pod that was deleted five seconds after T0, and ended in the same second by SIGTERM. */
const deletedPod = (over: Partial<PodView> = {}): PodView =>
  pod({ phase: 'Failed', deleting: true, deletedAtMs: T0 + 5000, container: terminated(143), ...over });
const deletedNode = (over: Partial<PodView> = {}, jobOver: Partial<JobView> = {}): NodeView =>
  node({ job: { ...FAILED_JOB, ...jobOver }, pod: deletedPod(over) });
const warning = (reason: string, message: string): ClusterEvent => ({ reason, message, warning: true, timeMs: T0 });

interface Case {
  readonly title: string;
  readonly node: NodeView;
  readonly record?: Partial<TaskRecord>;
  readonly events?: readonly ClusterEvent[];
  readonly gives: Partial<TaskNode>;
}

const WAITING: readonly Case[] = [
  {
    title: 'a Job that is not there yet is being created',
    node: node({ job: undefined }),
    record: { launched: false },
    gives: { state: 'PENDING', reason: 'Submitting', message: 'the Job is being created' },
  },
  {
    title: 'a Job without a pod waits for its controller',
    node: waitingNode(0),
    gives: { state: 'PENDING', reason: 'WaitingForPod' },
  },
  {
    title: 'an event of the Job tells why there is no pod',
    node: waitingNode(0),
    events: [
      { ...warning('SuccessfulCreate', 'not this one'), warning: false },
      warning('FailedCreate', 'exceeded quota: pods'),
    ],
    gives: { state: 'PENDING', reason: 'FailedCreate', message: 'exceeded quota: pods' },
  },
  {
    title: 'a Job that was suspended by something else waits',
    node: node({ job: job({ suspended: true }) }),
    gives: { state: 'PENDING', reason: 'Suspended' },
  },
  {
    title: 'the scheduler says why a pod finds no place',
    node: node({ pod: pod({ unschedulable: { reason: 'Unschedulable', message: '0/1 nodes are available' } }) }),
    events: [warning('FailedScheduling', 'older words')],
    gives: { state: 'PENDING', reason: 'Unschedulable', message: '0/1 nodes are available' },
  },
  {
    title: 'a new pod waits to be scheduled',
    node: node({ pod: pod() }),
    gives: { state: 'PENDING', reason: 'WaitingForScheduler' },
  },
  {
    title: 'a pod that has a place says which',
    node: node({ pod: pod({ nodeName: 'worker' }) }),
    gives: { state: 'PENDING', reason: 'Scheduled', message: 'scheduled to node worker', nodeName: 'worker' },
  },
  {
    title: 'an image that cannot be pulled is told in the words of the kubelet',
    node: node({
      pod: pod({ container: { state: 'waiting', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } }),
    }),
    events: [warning('Failed', 'something else')],
    gives: { state: 'PENDING', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' },
  },
  {
    title: 'a reason without a message stands for itself',
    node: node({ pod: pod({ container: { state: 'waiting', reason: 'InvalidImageName', message: '' } }) }),
    gives: { state: 'PENDING', reason: 'InvalidImageName', message: 'InvalidImageName' },
  },
  {
    title: 'an image that is being pulled is told by the newest event',
    node: node({ pod: pod({ container: { state: 'waiting', reason: 'ContainerCreating', message: '' } }) }),
    events: [
      { reason: 'Pulling', message: 'Pulling image "python:3.13"', warning: false, timeMs: T0 + 5000 },
      { reason: 'FailedMount', message: 'not yet', warning: true, timeMs: T0 },
    ],
    gives: { state: 'PENDING', reason: 'Pulling', message: 'pulling image "python:3.13"' },
  },
  {
    title: 'a volume that does not mount is told by the event behind ContainerCreating',
    node: node({ pod: pod({ container: { state: 'waiting', reason: 'ContainerCreating', message: '' } }) }),
    events: [warning('FailedMount', 'MountVolume.SetUp failed')],
    gives: { state: 'PENDING', reason: 'FailedMount', message: 'MountVolume.SetUp failed' },
  },
  {
    title: 'a container that is being created is just that',
    node: node({ pod: pod({ container: { state: 'waiting', reason: 'ContainerCreating', message: '' } }) }),
    gives: { state: 'PENDING', reason: 'ContainerCreating', message: 'the container is being created' },
  },
];

const STARTED: readonly Case[] = [
  {
    title: 'a running container is a running node',
    node: runningNode(0),
    gives: { state: 'RUNNING', reason: '', message: '', startedAtMs: T0 + 1000, finishedAtMs: undefined },
  },
  {
    title: 'an ended container is no result before the Job says so',
    node: node({ pod: pod({ phase: 'Failed', container: terminated(1) }) }),
    gives: { state: 'RUNNING', exitCode: undefined },
  },
  {
    title: 'a pod that is being removed does not count as running',
    node: node({ pod: pod({ phase: 'Running', container: RUNNING, deleting: true }) }),
    gives: { state: 'PENDING' },
  },
];

const ENDED: readonly Case[] = [
  {
    title: 'exit code 0 is completed',
    node: endedNode(0, 0),
    gives: { state: 'COMPLETED', reason: '', exitCode: 0, finishedAtMs: T0 + 5000 },
  },
  {
    title: 'the program fails with its exit code',
    node: endedNode(0, 3),
    gives: { state: 'FAILED', reason: 'Error', message: 'exit code 3', exitCode: 3, signal: '' },
  },
  {
    title: 'an exit code above 128 names its signal',
    node: endedNode(0, 139),
    gives: { state: 'FAILED', message: 'exit code 139 (SIGSEGV)', signal: 'SIGSEGV' },
  },
  {
    title: 'memory that ran out is told before the signal',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', container: terminated(137, { reason: 'OOMKilled' }) }),
    }),
    gives: { state: 'FAILED', reason: 'OOMKilled', message: 'OOMKilled: exit code 137 (SIGKILL)', exitCode: 137 },
  },
  {
    title: 'a failed setup is told apart from a failed run',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({
        phase: 'Failed',
        container: terminated(2, { message: 'k8s-cli: setup failed with exit code 2\n' }),
      }),
    }),
    gives: { state: 'FAILED', reason: 'SetupFailed', message: 'setup failed with exit code 2', exitCode: 2 },
  },
  {
    title: 'an evicted pod says what it was evicted for',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
    }),
    gives: {
      state: 'FAILED',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      exitCode: undefined,
    },
  },
  {
    title: 'a preempted pod is no failure of its program',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', disruption: 'PreemptionByScheduler', container: terminated(143) }),
    }),
    gives: { state: 'FAILED', reason: 'PreemptionByScheduler' },
  },
  ...[137, 143].map(
    (exitCode): Case => ({
      title: `a pod that was deleted did not fail by itself, although its program gave ${exitCode}`,
      node: deletedNode({ container: terminated(exitCode) }),
      gives: {
        state: 'FAILED',
        reason: 'PodDeleted',
        message: `pod demo-abc12345-node-0-xyzzy was deleted; exit code ${exitCode} (${exitCode === 137 ? 'SIGKILL' : 'SIGTERM'})`,
        exitCode,
      },
    }),
  ),
  {
    title: 'a pod that was deleted tells of that when it is gone, although its end was not seen',
    node: node({ job: FAILED_JOB, gone: deletedPod({ phase: 'Running', container: RUNNING }) }),
    gives: { state: 'FAILED', reason: 'PodDeleted', message: 'pod demo-abc12345-node-0-xyzzy was deleted' },
  },
  {
    title: 'a pod that was deleted in setup did not fail in it',
    node: deletedNode({ container: terminated(143, { message: 'k8s-cli: setup failed' }) }),
    gives: { state: 'FAILED', reason: 'PodDeleted', exitCode: 143 },
  },
  {
    title: 'what had ended before its pod was deleted keeps its end',
    node: deletedNode({ container: terminated(143, { seconds: 3 }) }),
    gives: { state: 'FAILED', reason: 'Error', message: 'exit code 143 (SIGTERM)' },
  },
  {
    title: 'what ends with a code of its own after its pod was deleted keeps its end',
    node: deletedNode({ container: terminated(3) }),
    gives: { state: 'FAILED', reason: 'Error', message: 'exit code 3' },
  },
  {
    title: 'memory that ran out in a deleted pod is told of',
    node: deletedNode({ container: terminated(137, { reason: 'OOMKilled' }) }),
    gives: { state: 'FAILED', reason: 'OOMKilled' },
  },
  {
    title: 'a pod that was evicted is not only deleted',
    node: deletedNode({ disruption: 'EvictionByEvictionAPI' }),
    gives: { state: 'FAILED', reason: 'EvictionByEvictionAPI', exitCode: 143 },
  },
  ...(['deleting', 'suspended'] as const).map(
    (key): Case => ({
      title: `a pod that its Job deleted because that is ${key} was not deleted by somebody`,
      node: deletedNode({}, { [key]: true }),
      gives: { state: 'FAILED', reason: 'Error', exitCode: 143 },
    }),
  ),
  {
    title: 'without a pod the Job tells what it knows',
    node: node({
      job: job({
        outcome: 'failed',
        outcomeReason: 'DeadlineExceeded',
        outcomeMessage: 'Job was active longer',
        outcomeAtMs: T0 + 7000,
      }),
    }),
    gives: {
      state: 'FAILED',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer',
      finishedAtMs: T0 + 7000,
    },
  },
  {
    title: 'a pod that was ended because its Job got no more time did not fail by itself',
    node: node({
      job: job({ outcome: 'failed', outcomeReason: 'DeadlineExceeded', outcomeMessage: 'Job was active longer' }),
      pod: pod({ phase: 'Failed', container: terminated(143) }),
    }),
    gives: { state: 'FAILED', reason: 'DeadlineExceeded', message: 'Job was active longer', exitCode: 143 },
  },
  {
    title: 'a Job that was deleted has failed',
    node: node({ job: undefined }),
    gives: { state: 'FAILED', reason: 'JobDeleted', finishedAtMs: undefined },
  },
  {
    title: 'a Job that was deleted ended with the container of its pod',
    node: node({ job: undefined, pod: endedPod(8) }),
    gives: { state: 'FAILED', reason: 'JobDeleted', finishedAtMs: T0 + 8000 },
  },
  {
    title: 'a Job that was deleted ended with the container of its pod, although the pod is gone',
    node: node({ job: undefined, gone: endedPod(8) }),
    gives: { state: 'FAILED', reason: 'JobDeleted', finishedAtMs: T0 + 8000 },
  },
  {
    title: 'a deleted Job whose pod still runs is not over',
    node: node({ job: undefined, pod: pod({ phase: 'Running', container: RUNNING, deleting: true }) }),
    gives: { state: 'RUNNING' },
  },
  {
    title: 'a Job that ended before its pod was seen to end waits for the pod, which knows how',
    node: node({ job: job({ outcome: 'failed' }), pod: pod({ phase: 'Running', container: RUNNING }) }),
    gives: { state: 'RUNNING', exitCode: undefined },
  },
  {
    title: 'the recorded result outlives Job and pod',
    node: node({ job: undefined }),
    record: { results: [result({ state: 'FAILED', reason: 'Error', message: 'exit code 143', exitCode: 143 })] },
    gives: {
      state: 'FAILED',
      reason: 'Error',
      exitCode: 143,
      signal: 'SIGTERM',
      startedAtMs: T0 + 1000,
      finishedAtMs: T0 + 5000,
      podName: 'demo-pod',
      nodeName: 'worker',
    },
  },
  {
    title: 'a child that the kernel killed for want of memory is told by the wrapper',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({
        phase: 'Failed',
        container: terminated(1, { message: 'k8s-cli: out of memory: the kernel killed 2 at a peak of 64 MiB\n' }),
      }),
    }),
    gives: {
      state: 'FAILED',
      reason: 'OOMKilled',
      message: 'memory ran out: the kernel killed 2 at a peak of 64 MiB; exit code 1',
      lines: [],
    },
  },
  {
    title: 'a program that could not be started is told in the words of the runtime',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({
        phase: 'Failed',
        container: terminated(128, { reason: 'StartError', message: 'exec format error\nmore' }),
      }),
    }),
    gives: { state: 'FAILED', reason: 'StartError', message: 'StartError: exec format error', lines: [] },
  },
  {
    title: 'a failed program has its last lines, none blank and none long',
    node: node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', container: terminated(1, { message: `a\n\n${'x'.repeat(300)}\n` }) }),
    }),
    gives: { state: 'FAILED', lines: ['a', 'x'.repeat(200)] },
  },
];

const STOPPED: readonly Case[] = [
  {
    title: 'a stopped node with a pod is stopping',
    node: node({ job: job({ suspended: true }), pod: pod({ phase: 'Running', container: RUNNING, deleting: true }) }),
    record: { stop: STOP },
    gives: { state: 'STOPPING', reason: 'Stopped', message: 'stopped by ann', finishedAtMs: undefined },
  },
  {
    title: 'a stop that has not reached the Job is stopping',
    node: waitingNode(0),
    record: { stop: STOP },
    gives: { state: 'STOPPING' },
  },
  {
    title: 'without a pod it is stopped, and says who wanted it and why',
    node: node({ job: job({ suspended: true }) }),
    record: { stop: { ...STOP, reason: 'wrong data' } },
    gives: { state: 'STOPPED', message: 'stopped by ann: wrong data', finishedAtMs: undefined, exitCode: undefined },
  },
  {
    title: 'a stopped node remembers when its program had started, although the pod is gone',
    node: node({ job: job({ suspended: true }) }),
    record: { stop: { ...STOP, startedAtMs: { 0: T0 + 1000 } } },
    gives: { state: 'STOPPED', startedAtMs: T0 + 1000, finishedAtMs: undefined },
  },
  {
    title: 'a stopped node remembers when its container had ended, although the pod is gone',
    node: node({ job: job({ suspended: true }), gone: endedPod(8) }),
    record: { stop: STOP },
    gives: { state: 'STOPPED', finishedAtMs: T0 + 8000 },
  },
  {
    title: 'a stopped node whose Job was deleted stays stopped',
    node: node({ job: undefined }),
    record: { stop: STOP },
    gives: { state: 'STOPPED' },
  },
  {
    title: 'what had ended before the stop keeps its result',
    node: endedNode(0, 3),
    record: { stop: STOP },
    gives: { state: 'FAILED', exitCode: 3 },
  },
  {
    title: 'what ended because of the stop is stopped',
    node: endedNode(0, 143, 7),
    record: { stop: STOP },
    gives: { state: 'STOPPED', reason: 'Stopped' },
  },
  {
    title: 'what ended in the second of the stop keeps its result',
    node: endedNode(0, 3, 5),
    record: { stop: STOP },
    gives: { state: 'FAILED', exitCode: 3 },
  },
  {
    title: 'unless its pod was told to end',
    node: node({
      job: job({ outcome: 'failed', outcomeAtMs: T0 + 7000 }),
      gone: { ...endedPod(6), deleting: true },
    }),
    record: { stop: STOP },
    gives: { state: 'STOPPED', reason: 'Stopped', exitCode: undefined },
  },
  {
    title: 'what had ended before the stop keeps its result although its pod is deleted meanwhile',
    node: node({ job: job({ outcome: 'failed', outcomeAtMs: T0 + 5000 }), pod: { ...endedPod(4), deleting: true } }),
    record: { stop: STOP },
    gives: { state: 'FAILED' },
  },
  {
    title: 'an end of which nobody knows the time is taken for the stop',
    node: node({ job: job({ outcome: 'failed' }) }),
    record: { stop: STOP },
    gives: { state: 'STOPPED' },
  },
];

const halt = (over: Partial<HaltMark> = {}): HaltMark => ({
  timeMs: T0 + 6000,
  blamed: [1],
  reason: '',
  message: '',
  startedAtMs: {},
  ...over,
});
const LATE = { blamed: [0], reason: 'DeadlineExceeded', message: 'ran longer than its timeout of 5s' };

const HALTED: readonly Case[] = [
  {
    title: 'a node whose pod still ends after another one failed is stopping',
    node: node({ job: job({ suspended: true }), pod: pod({ phase: 'Running', container: RUNNING, deleting: true }) }),
    record: { halt: halt() },
    gives: { state: 'STOPPING', reason: 'PeerFailed', message: 'stopped because node-1 failed' },
  },
  {
    title: 'without a pod it was stopped because of that one, and had started when it had',
    node: node({ job: job({ suspended: true }), gone: endedPod(7) }),
    record: { halt: halt({ startedAtMs: { 0: T0 + 1000 } }) },
    gives: { state: 'STOPPED', reason: 'PeerFailed', startedAtMs: T0 + 1000, finishedAtMs: T0 + 7000 },
  },
  {
    title: 'the node that failed keeps its result, although its Job was suspended in the same moment',
    node: { ...endedNode(1, 3), job: job({ index: 1, outcome: 'failed', suspended: true }) },
    record: { halt: halt(), numNodes: 2 },
    gives: { state: 'FAILED', reason: 'Error', exitCode: 3 },
  },
  {
    title:
      'the node that failed because its Job was deleted says so, although the others were halted before that was noted',
    node: node({ job: undefined, gone: endedPod(5) }),
    record: { halt: halt({ blamed: [0] }) },
    gives: { state: 'FAILED', reason: 'JobDeleted', finishedAtMs: T0 + 5000 },
  },
  {
    title: 'a node whose pod was deleted is told of as that, although its Job was suspended in the same moment',
    node: deletedNode({ index: 1 }, { index: 1, suspended: true }),
    record: { halt: halt(), numNodes: 2 },
    gives: { state: 'FAILED', reason: 'PodDeleted', exitCode: 143 },
  },
  {
    title: 'a node that had ended well keeps its result',
    node: endedNode(0, 0, 9),
    record: { halt: halt() },
    gives: { state: 'COMPLETED', exitCode: 0 },
  },
  {
    title: 'a pod that was counted as failed because its Job was suspended did not fail',
    node: { ...endedNode(0, 143), job: job({ outcome: 'failed', suspended: true }) },
    record: { halt: halt() },
    gives: { state: 'STOPPED', reason: 'PeerFailed', exitCode: undefined },
  },
  {
    title: 'a pod that ended by itself before its Job was suspended is still to be counted',
    node: node({ job: job({ suspended: true }), pod: pod({ phase: 'Succeeded', container: terminated(0) }) }),
    record: { halt: halt() },
    gives: { state: 'STOPPING' },
  },
  {
    title: 'a node that ran too long has failed when its pod is gone',
    node: node({ job: job({ suspended: true }), gone: endedPod(7) }),
    record: { halt: halt(LATE) },
    gives: { state: 'FAILED', reason: 'DeadlineExceeded', message: LATE.message, finishedAtMs: T0 + 7000 },
  },
  {
    title: 'a halt that came before a stop decides',
    node: node({ job: job({ suspended: true }) }),
    record: { halt: halt(), stop: STOP },
    gives: { state: 'STOPPED', reason: 'PeerFailed' },
  },
];

describe('nodeState', () => {
  it('does not tell a start or an end in the second of the submission as before it', () => {
    const early = { createdAtMs: T0 + 1145 };
    const ended = endedNode(0, 0, 0);
    expect(nodeState(ended, record(early))).to.include({ startedAtMs: T0 + 1145, finishedAtMs: T0 + 1145 });
    const results = [result({ startedAtMs: T0 + 1000, finishedAtMs: T0 + 2000 })];
    expect(nodeState(ended, record({ ...early, results }))).to.include({
      startedAtMs: T0 + 1145,
      finishedAtMs: T0 + 2000,
    });
  });

  it('does not hide a clock that is wrong', () => {
    const late = { createdAtMs: T0 + 60_000 };
    expect(nodeState(endedNode(0, 0), record(late))).to.include({ startedAtMs: T0 + 1000, finishedAtMs: T0 + 5000 });
  });

  const groups = {
    waits: WAITING,
    runs: STARTED,
    'has ended': ENDED,
    'is stopped': STOPPED,
    'is ended with the others': HALTED,
  };
  for (const [name, cases] of Object.entries(groups)) {
    describe(`of a node that ${name}`, () => {
      for (const { title, node: given, record: over, events, gives } of cases) {
        it(title, () => {
          expect(nodeState(given, record(over), events)).to.deep.include(gives);
        });
      }
    });
  }
});
