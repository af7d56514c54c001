import { expect } from 'chai';
import {
  type ContainerState,
  type ContainerStatus,
  type PodRecord,
  applyPodStatus,
  podPhase,
} from '../../../../cluster/node/pod-status.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

const metadata = { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '', generation: 1 };

function pod(restartPolicy = 'Never'): KubeObject {
  const spec = { restartPolicy, containers: [{ name: 'main', image: 'i' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const running: ContainerState = { running: { startedAt: '' } };
const ended = (exitCode: number): ContainerState => ({
  terminated: { exitCode, reason: '', startedAt: '', finishedAt: '' },
});
const record = (state: ContainerState, lastState: ContainerState = {}): ContainerStatus => {
  const started = state.running !== undefined;
  return { name: 'main', image: 'i', imageID: '', state, lastState, restartCount: 0, ready: started, started };
};

function given(main: ContainerStatus, more: Partial<PodRecord> = {}): PodRecord {
  return { containers: [main], sandboxReady: true, ending: false, ...more };
}

describe('podPhase', () => {
  it('follows the containers', () => {
    expect(podPhase(pod(), given(record(waiting)))).to.equal('Pending');
    expect(podPhase(pod(), given(record(running)))).to.equal('Running');
    expect(podPhase(pod(), given(record(ended(0))))).to.equal('Succeeded');
    expect(podPhase(pod(), given(record(ended(1))))).to.equal('Failed');
  });

  it('stays Running while a container is started again', () => {
    expect(podPhase(pod('OnFailure'), given(record(ended(1))))).to.equal('Running');
    expect(podPhase(pod('OnFailure'), given(record(waiting, ended(1))))).to.equal('Running');
    expect(podPhase(pod('Always'), given(record(ended(0))))).to.equal('Running');
  });

  it('is final for a pod that is being ended', () => {
    expect(podPhase(pod('Always'), given(record(ended(0)), { ending: true }))).to.equal('Succeeded');
    expect(podPhase(pod(), given(record(waiting), { ending: true }))).to.equal('Failed');
    const failure = { reason: 'DeadlineExceeded', message: '' };
    expect(podPhase(pod(), given(record(running), { ending: true, failure }))).to.equal('Running');
    expect(podPhase(pod(), given(record(ended(0)), { ending: true, failure }))).to.equal('Failed');
  });
});

describe('applyPodStatus', () => {
  const first = new Date('2026-01-01T00:00:00Z');
  const later = new Date('2026-01-01T00:00:09Z');
  const condition = ({ status }: KubeObject, type: string): Record<string, unknown> =>
    status.conditions.find((entry: { type: string }) => entry.type === type);

  it('keeps the time of conditions that did not change', () => {
    const target = pod();
    applyPodStatus(target, given(record(waiting)), first);
    expect(condition(target, 'Ready')).to.include({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    });
    applyPodStatus(target, given(record(running), { podIp: '127.20.0.1' }), later);
    expect(condition(target, 'Ready')).to.include({ status: 'True', lastTransitionTime: '2026-01-01T00:00:09Z' });
    expect(condition(target, 'PodScheduled')).to.include({ lastTransitionTime: '2026-01-01T00:00:00Z' });
    expect(target.status).to.include({ podIP: '127.20.0.1', startTime: '2026-01-01T00:00:00Z' });
    expect(target.status.containerStatuses[0]).to.include({ name: 'main', image: 'i', ready: true, started: true });
    applyPodStatus(target, given(record(ended(0))), later);
    expect(condition(target, 'Ready')).to.include({ status: 'False', reason: 'PodCompleted' });
    expect(condition(target, 'PodReadyToStartContainers')).to.include({ status: 'False' });
    expect(target.status.podIP).to.equal('127.20.0.1');
  });
});
