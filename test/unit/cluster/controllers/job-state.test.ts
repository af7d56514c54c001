import { expect } from 'chai';
import { planJob, settle, trackingFinalizer } from '../../../../cluster/controllers/job-state.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

// biome-ignore lint/suspicious/noExplicitAny: specs and statuses are as loose as in KubeObject
type Fields = Record<string, any>;

const now = new Date('2026-01-02T03:04:05Z');
const metadata = { uid: 'job', resourceVersion: '1', creationTimestamp: '2026-01-02T03:00:00Z' };

function job(spec: Fields = {}, status: Fields = {}): KubeObject {
  const template = { spec: { restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name: 'j' },
    spec: { parallelism: 1, completions: 1, backoffLimit: 0, podReplacementPolicy: 'Failed', template, ...spec },
    status,
  };
}

function pod(name: string, phase: string, more: Fields = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, uid: name, name, finalizers: [trackingFinalizer], ...more['metadata'] },
    spec: { nodeName: 'embedded' },
    status: { phase, ...more['status'] },
  };
}

const deleted = { metadata: { deletionTimestamp: '2026-01-02T03:04:30Z' } };
const types = (status: Fields): string[] => (status['conditions'] ?? []).map(({ type }: Fields) => type);

describe('planJob', () => {
  it('starts a Job with a pod', () => {
    const plan = planJob(job(), [], now);
    expect(plan).to.include({ create: 1 });
    expect(plan.status).to.deep.include({ startTime: '2026-01-02T03:04:05Z', ready: 0, terminating: 0 });
  });

  it('counts pending and running pods as active, and only ready ones as ready', () => {
    const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    const plan = planJob(
      job({ parallelism: 2, completions: 2 }),
      [pod('a', 'Pending'), pod('b', 'Running', ready)],
      now,
    );
    expect(plan).to.include({ create: 0 });
    expect(plan.status).to.include({ active: 2, ready: 1 });
  });

  it('completes in two steps: first the uid and SuccessCriteriaMet, then the number and Complete', () => {
    const plan = planJob(job({}, { active: 1 }), [pod('a', 'Succeeded')], now);
    expect(plan.status.uncountedTerminatedPods).to.deep.equal({ succeeded: ['a'] });
    expect(types(plan.status)).to.deep.equal(['SuccessCriteriaMet']);
    expect(plan.counted.map(({ metadata: { name } }) => name)).to.deep.equal(['a']);
    expect(plan.status).not.to.have.any.keys('active', 'succeeded');
    const events = settle(plan.status, now);
    expect(plan.status).to.deep.include({ succeeded: 1, uncountedTerminatedPods: {} });
    expect(plan.status.completionTime).to.equal('2026-01-02T03:04:05Z');
    expect(types(plan.status)).to.deep.equal(['SuccessCriteriaMet', 'Complete']);
    expect(events).to.deep.equal([{ type: 'Normal', reason: 'Completed', message: 'Job completed' }]);
  });

  it('fails when more pods failed than the limit allows', () => {
    const plan = planJob(job(), [pod('a', 'Failed')], now);
    expect(types(plan.status)).to.deep.equal(['FailureTarget']);
    const [event] = settle(plan.status, now);
    expect(event).to.deep.equal({
      type: 'Warning',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    });
    expect(plan.status.conditions?.at(-1)).to.include({ type: 'Failed', reason: 'BackoffLimitExceeded' });
    expect(plan.status.failed).to.equal(1);
  });

  it('does not count a pod twice when it was stopped between the two steps', () => {
    const half = { uncountedTerminatedPods: { failed: ['a'] } };
    const plan = planJob(job({ backoffLimit: 3 }, half), [pod('a', 'Failed')], now);
    expect(plan.status.uncountedTerminatedPods).to.deep.equal({ failed: ['a'] });
    settle(plan.status, now);
    expect(plan.status.failed).to.equal(1);
  });

  it('waits 10 seconds after the first failure, and twice as long after each further one', () => {
    const finishedAt = '2026-01-02T03:04:01Z';
    const status = { containerStatuses: [{ state: { terminated: { finishedAt } } }] };
    const first = planJob(job({ backoffLimit: 6 }), [pod('a', 'Failed', { status })], now);
    expect(first).to.include({ create: 0, againInMs: 6000 });
    const second = planJob(
      job({ backoffLimit: 6 }),
      [pod('a', 'Failed', { status }), pod('b', 'Failed', { status })],
      now,
    );
    expect(second).to.include({ create: 0, againInMs: 16_000 });
    const later = planJob(job({ backoffLimit: 6 }), [pod('a', 'Failed', { status })], new Date('2026-01-02T03:04:11Z'));
    expect(later).to.include({ create: 1 });
  });

  it('replaces a pod that is being deleted only after its end when the policy is Failed', () => {
    const plan = planJob(job({ backoffLimit: 6 }), [pod('a', 'Running', deleted)], now);
    expect(plan).to.include({ create: 0 });
    expect(plan.counted).to.deep.equal([]);
    expect(plan.status).to.include({ terminating: 1 });
    const eager = { podReplacementPolicy: 'TerminatingOrFailed', backoffLimit: 6 };
    expect(planJob(job(eager), [pod('a', 'Running', deleted)], now).status.uncountedTerminatedPods).to.deep.equal({
      failed: ['a'],
    });
  });

  it('suspends: pods are deleted and not counted, the start time goes', () => {
    const plan = planJob(job({ suspend: true }, { startTime: 'x', active: 1 }), [pod('a', 'Running')], now);
    expect(plan.remove).to.have.length(1);
    expect(plan.counted).to.have.length(1);
    expect(plan.events).to.deep.equal([{ type: 'Normal', reason: 'Suspended', message: 'Job suspended' }]);
    expect(plan.status).to.deep.include({ ready: 0, terminating: 1, uncountedTerminatedPods: {} });
    expect(plan.status).not.to.have.any.keys('startTime', 'active', 'failed');
    expect(settle(plan.status, now)).to.deep.equal([]);
  });

  it('counts a pod that failed before the suspension', () => {
    const plan = planJob(job({ suspend: true }), [pod('a', 'Failed')], now);
    expect(types(plan.status)).to.deep.equal(['FailureTarget']);
  });

  it('resumes with a new start time', () => {
    const suspended = { conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: '' }] };
    const plan = planJob(job({}, suspended), [], now);
    expect(plan).to.include({ create: 1 });
    expect(plan.status.startTime).to.equal('2026-01-02T03:04:05Z');
    expect(plan.status.conditions?.[0]).to.include({ status: 'False', reason: 'JobResumed', message: 'Job resumed' });
    expect(plan.events[0]).to.include({ reason: 'Resumed' });
  });

  it('ends at the deadline, and fails once the pods are gone', () => {
    const late = job({ activeDeadlineSeconds: 5 }, { startTime: '2026-01-02T03:04:00Z' });
    const plan = planJob(late, [pod('a', 'Running')], now);
    expect(plan.remove).to.have.length(1);
    expect(plan.status.uncountedTerminatedPods).to.deep.equal({ failed: ['a'] });
    expect(settle(plan.status, now)).to.deep.equal([]);
    expect(plan.status).to.include({ failed: 1, terminating: 1 });
    const gone = planJob({ ...late, status: plan.status }, [], now);
    expect(gone.create).to.equal(0);
    expect(settle(gone.status, now)[0]).to.include({ reason: 'DeadlineExceeded' });
    const early = job({ activeDeadlineSeconds: 60 }, { startTime: '2026-01-02T03:04:00Z' });
    expect(planJob(early, [pod('a', 'Running')], now)).to.include({ againInMs: 55_000 });
  });

  it('makes no pods for a Job that is being deleted', () => {
    const going = job();
    going.metadata.deletionTimestamp = '2026-01-02T03:04:05Z';
    expect(planJob(going, [], now)).to.include({ create: 0 });
  });

  it('counts restarts instead of pods when containers are restarted in place', () => {
    const spec = { backoffLimit: 2, template: { spec: { restartPolicy: 'OnFailure' } } };
    const status = (restartCount: number) => ({ status: { containerStatuses: [{ restartCount }] } });
    expect(types(planJob(job(spec), [pod('a', 'Running', status(1))], now).status)).to.deep.equal([]);
    expect(types(planJob(job(spec), [pod('a', 'Running', status(2))], now).status)).to.deep.equal(['FailureTarget']);
  });
});
