import { expect } from 'chai';
import { nodeState } from '../../../../../server/domain/status/node-state.js';
import { peersVolume } from '../../../../../server/kubernetes/manifests/rendezvous.js';
import type { RawContainerStatus, RawJob, RawPod } from '../../../../../server/kubernetes/objects.js';
import { hasNeverRun, projectJob, projectPod } from '../../../../../server/kubernetes/cache/project.js';
import captured from '../../../../support/server/captured.json' with { type: 'json' };
import { rawJob, rawPod } from '../../../../support/server/raw.js';
import { record, T0 } from '../../../../support/server/views.js';

const jobs = captured.jobs as unknown as Record<keyof typeof captured.jobs, RawJob>;
const pods = captured.pods as unknown as Record<keyof typeof captured.pods, RawPod>;

/** The projection, of an object that has one. */
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this object has no projection');
  return value;
}

describe('projectJob, of Jobs as Kubernetes 1.36 has them', () => {
  it('reads what a running Job is known by', () => {
    expect(projectJob(jobs.running)).to.deep.include({
      name: 'slow-slow0001',
      taskId: 'slow0001',
      index: 0,
      suspended: false,
      claims: [],
      outcome: undefined,
      deleting: false,
      user: 'ann@example.org',
      taskName: 'slow',
      numNodes: 1,
      createdAtMs: Date.parse('2026-11-23T06:00:00.123Z'),
      recordUid: undefined,
    });
  });

  it('takes the final conditions, not those that announce them', () => {
    expect(projectJob(jobs.completed)).to.include({ outcome: 'complete', outcomeReason: 'CompletionsReached' });
    expect(projectJob(jobs.failed)).to.include({ outcome: 'failed', outcomeReason: 'BackoffLimitExceeded' });
    const announced = must(jobs.failed.status?.conditions).filter(({ type }) => type === 'FailureTarget');
    expect(announced).to.have.length(1);
    expect(projectJob({ ...jobs.failed, status: { conditions: announced } })?.outcome).to.equal(undefined);
  });

  it('takes a suspended Job for neither failed nor complete', () => {
    expect(projectJob(jobs.suspended)).to.include({ suspended: true, outcome: undefined });
  });

  it('belongs to a record only by that record’s name', () => {
    expect(projectJob(rawJob({ id: 'abc12345' }))?.recordUid).to.equal('record-abc12345');
    const foreign = rawJob({ id: 'abc12345' });
    const ownerReferences = [{ kind: 'ConfigMap', name: 'task-other000', uid: 'x' }];
    expect(projectJob({ ...foreign, metadata: { ...foreign.metadata, ownerReferences } })?.recordUid).to.equal(
      undefined,
    );
  });

  it('has its user from the label where nothing else tells', () => {
    expect(projectJob(rawJob({ id: 'outside', owned: false, user: 'eve' }))).to.include({
      user: 'eve',
      taskName: 'demo',
    });
  });

  it('is nothing without a task, or with a node that no task has', () => {
    const job = rawJob({ id: 'abc12345' });
    const labelled = (labels: Record<string, string>): RawJob => ({ ...job, metadata: { ...job.metadata, labels } });
    expect(projectJob(labelled({}))).to.equal(undefined);
    for (const index of ['-1', 'x', '1.5', '1000', '1e99']) {
      expect(projectJob(labelled({ 'task-id': 'abc', 'node-idx': index })), index).to.equal(undefined);
    }
  });
});

describe('projectPod, of pods as Kubernetes 1.36 has them', () => {
  const states: readonly [keyof typeof pods, keyof typeof jobs, object][] = [
    ['running', 'running', { state: 'RUNNING', nodeName: 'node1' }],
    ['completed', 'completed', { state: 'COMPLETED', exitCode: 0 }],
    ['failed', 'failed', { state: 'FAILED', exitCode: 7, message: 'exit code 7', reason: 'Error' }],
    ['setupFailed', 'failed', { state: 'FAILED', exitCode: 1, reason: 'SetupFailed' }],
    ['unschedulable', 'running', { state: 'PENDING', reason: 'Unschedulable' }],
    ['imagePull', 'running', { state: 'PENDING', reason: 'ImagePullBackOff' }],
  ];
  for (const [pod, job, expected] of states) {
    it(`shows a node that is ${pod}`, () => {
      const view = {
        index: 0,
        jobName: 'x',
        job: must(projectJob(jobs[job])),
        pod: must(projectPod(pods[pod])),
        livePods: job === 'running' ? 1 : 0,
        gone: undefined,
      };
      expect(nodeState(view, record())).to.deep.include(expected);
    });
  }

  it('quotes the scheduler', () => {
    expect(projectPod(pods.unschedulable)?.unschedulable?.message).to.match(
      /^0\/1 nodes are available: .*nvidia\.com\/gpu/,
    );
  });

  it('looks at the container of the task, not at one that somebody added', () => {
    const running = { running: { startedAt: '2026-11-23T06:00:00Z' } };
    const pod = rawPod({ id: 'abc12345', phase: 'Running' });
    const containerStatuses = [
      { name: 'istio-proxy', state: running },
      { name: 'task', state: { terminated: { exitCode: 4 } } },
    ];
    expect(projectPod({ ...pod, status: { phase: 'Running', containerStatuses } })).to.deep.include({
      containerName: 'task',
    });
    const other = { phase: 'Running', containerStatuses: [{ name: 'main', state: running }] };
    expect(projectPod({ ...pod, status: other })?.containerName).to.equal('main');
  });

  it('knows when the deletion of a pod was asked for, not only when its grace is over', () => {
    const pod = rawPod({ id: 'abc12345' });
    const deletionTimestamp = '2026-11-23T06:00:30Z';
    const deleted = (over: object): number | undefined =>
      projectPod({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, ...over } })?.deletedAtMs;
    expect(deleted({ deletionGracePeriodSeconds: 30 })).to.equal(T0);
    expect(deleted({})).to.equal(T0 + 30_000);
    expect(projectPod(pod)?.deletedAtMs).to.equal(undefined);
  });

  it('counts a container that was killed as killed, although its exit code is 0', () => {
    const pod = rawPod({ id: 'abc12345' });
    const containerStatuses = [{ name: 'task', state: { terminated: { exitCode: 0, signal: 9 } } }];
    expect(projectPod({ ...pod, status: { containerStatuses } })?.container).to.include({ exitCode: 137 });
  });

  describe('of a pod that was deleted before its container was made', () => {
    // As a kubelet of Kubernetes 1.36 tells it.
    const unknown = {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
      },
    };
    const ended = (over: Partial<RawContainerStatus> = {}): RawPod => ({
      ...rawPod({ id: 'abc12345', deleting: true }),
      status: { phase: 'Failed', containerStatuses: [{ name: 'task', state: unknown, lastState: {}, ...over }] },
    });

    it('knows that nothing has run', () => {
      expect(projectPod(ended())?.container).to.include({ state: 'waiting', reason: 'ContainerStatusUnknown' });
      expect(hasNeverRun(ended())).to.equal(true);
      expect(hasNeverRun(ended({ state: { waiting: { reason: 'ContainerCreating' } } }))).to.equal(true);
    });

    it('does not take for that what had run, or may go on', () => {
      const lost = [
        { containerID: 'containerd://1' },
        { lastState: unknown },
        { state: { terminated: { exitCode: 1 } } },
      ];
      for (const over of lost) {
        expect(projectPod(ended(over))?.container.state, JSON.stringify(over)).to.equal('terminated');
        expect(hasNeverRun(ended(over))).to.equal(false);
      }
      const waiting = { name: 'task', state: { waiting: { reason: 'ContainerCreating' } } };
      expect(hasNeverRun({ ...ended(), status: { phase: 'Pending', containerStatuses: [waiting] } })).to.equal(false);
      expect(hasNeverRun({ ...ended(), status: { phase: 'Failed' } })).to.equal(false);
    });
  });

  it('knows that a node is silent until it is told of the others', () => {
    const pod = rawPod({ id: 'abc12345', phase: 'Running' });
    const spec = { volumes: [{}, peersVolume('peers')] };
    const annotations = { 'k8s-cli/peers': 'wait\n\nnode-1 to start\n' };
    expect(projectPod({ ...pod, spec })?.silent).to.equal(true);
    expect(projectPod({ ...pod, spec, metadata: { ...pod.metadata, annotations } })?.silent).to.equal(false);
    expect(projectPod(pod)?.silent, 'one that waits for nobody').to.equal(false);
  });

  it('knows why a pod was disrupted, once it is', () => {
    const pod = rawPod({ id: 'abc12345' });
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }];
    expect(projectPod({ ...pod, status: { conditions } })?.disruption).to.equal('PreemptionByScheduler');
    expect(
      projectPod({ ...pod, status: { conditions: [{ ...conditions[0], type: 'DisruptionTarget', status: 'False' }] } })
        ?.disruption,
    ).to.equal('');
  });

  it('lives with a pod that says nothing', () => {
    const { metadata } = rawPod({ id: 'abc12345' });
    expect(projectPod({ metadata })).to.include({ phase: 'Unknown', containerName: 'task', nodeName: '' });
  });
});
