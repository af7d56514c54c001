import { expect } from 'chai';
import { type Json, PATCH, type Watch, useApi } from '../support/api.js';
import { job, politeSleep } from './objects.js';

describe('Jobs', () => {
  const api = useApi();
  const patch = (name: string, spec: object) => api.call('PATCH', `jobs/${name}`, { spec }, PATCH.merge);
  const condition = ({ conditions = [] }: Json, type: string): Json =>
    conditions.find((entry: Json) => entry.type === type && entry.status === 'True');
  const podsOf = async (name: string): Promise<Json[]> =>
    (await api.call('GET', `pods?labelSelector=job-name%3D${name}`)).body.items;
  const eventsOf = async (name: string): Promise<string[]> =>
    (
      await api.call('GET', `events?fieldSelector=involvedObject.kind%3DJob,involvedObject.name%3D${name}`)
    ).body.items.map(({ type, reason, message, source }: Json) => `${source.component}: ${type} ${reason}: ${message}`);
  const untilEvent = (name: string, pattern: RegExp) =>
    api.untilOf(`events?fieldSelector=involvedObject.kind%3DJob,involvedObject.name%3D${name}`, ({ items }) =>
      items.some(({ reason, message }: Json) => pattern.test(`${reason}: ${message}`)),
    );
  const watches: Watch[] = [];
  after(() => {
    for (const watch of watches) watch.end();
  });

  /** Makes a Job and returns a function that waits for a status; it returns all that there were on the way. */
  const started = async (object: Json): Promise<(fits: (status: Json) => boolean) => Promise<Json[]>> => {
    const { name } = object.metadata;
    const watch = await api.watch(`jobs?watch=1&fieldSelector=metadata.name%3D${name}`);
    watches.push(watch);
    const { code, body } = await api.call('POST', 'jobs', object);
    expect(code, body.message).to.equal(201);
    return async (fits) => {
      const seen: Json[] = [];
      await watch.until(({ object: { status } }) => {
        seen.push(status);
        return fits(status);
      });
      return seen;
    };
  };
  const isOver = (status: Json) => condition(status, 'Complete') ?? condition(status, 'Failed');
  const types = ({ conditions = [] }: Json): string[] => conditions.map(({ type }: Json) => type);

  it('succeed: first the criteria are met, then the Job is complete', async () => {
    const until = await started(job('complete', 'echo hello'));
    const seen = await until(isOver);
    const last = seen.at(-1);
    expect(seen.some(({ active, startTime }) => active === 1 && startTime !== undefined)).to.equal(true);
    expect(seen.map(types)).to.deep.include(['SuccessCriteriaMet']);
    expect(types(last)).to.deep.equal(['SuccessCriteriaMet', 'Complete']);
    for (const { status, reason, message } of last.conditions) {
      expect([status, reason, message]).to.deep.equal([
        'True',
        'CompletionsReached',
        'Reached expected number of succeeded pods',
      ]);
    }
    const { startTime, completionTime, conditions: _, ...counts } = last;
    expect(Date.parse(completionTime)).to.be.at.least(Date.parse(startTime));
    expect(counts).to.deep.equal({ succeeded: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    const [pod] = await podsOf('complete');
    await untilEvent('complete', /^Completed/);
    expect(await eventsOf('complete')).to.have.members([
      `job-controller: Normal SuccessfulCreate: Created pod: ${pod.metadata.name}`,
      'job-controller: Normal Completed: Job completed',
    ]);
  });

  it('make pods that belong to them', async () => {
    const until = await started(job('owner'));
    await until(isOver);
    const { metadata } = (await api.call('GET', 'jobs/owner')).body;
    const [pod] = await podsOf('owner');
    expect(pod.metadata.name).to.match(/^owner-[a-z0-9]{5}$/);
    expect(pod.metadata).to.include({ generateName: 'owner-' });
    expect(pod.metadata.ownerReferences).to.deep.equal([
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        name: 'owner',
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
    expect(pod.metadata).to.not.have.property('finalizers');
  });

  it('fail: first the target, then the Job', async () => {
    const until = await started(job('failed', 'exit 3'));
    const seen = await until(isOver);
    expect(seen.map(types)).to.deep.include(['FailureTarget']);
    expect(types(seen.at(-1))).to.deep.equal(['FailureTarget', 'Failed']);
    expect(condition(seen.at(-1), 'Failed')).to.include({
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    });
    const { failed, ready, terminating, active, completionTime } = seen.at(-1);
    expect({ failed, ready, terminating, active, completionTime }).to.deep.equal({
      failed: 1,
      ready: 0,
      terminating: 0,
      active: undefined,
      completionTime: undefined,
    });
    await untilEvent('failed', /^BackoffLimitExceeded: Job has reached the specified backoff limit$/);
  });

  it('are tried again after a while, up to the limit', async () => {
    const until = await started(job('retried', 'exit 4', { backoffLimit: 1 }));
    const seen = await until(isOver);
    expect(seen.some((status) => status.failed === 1 && isOver(status) === undefined)).to.equal(true);
    expect(seen.at(-1).failed).to.equal(2);
    const [first, second] = (await podsOf('retried')).map(({ metadata, status }) => ({
      made: Date.parse(metadata.creationTimestamp),
      ended: Date.parse(status.containerStatuses[0].state.terminated.finishedAt),
    }));
    const [earlier, later] = (first?.made ?? 0) < (second?.made ?? 0) ? [first, second] : [second, first];
    expect((later?.made ?? 0) - (earlier?.ended ?? 0)).to.be.at.least(9000);
  });

  it('count restarts inside of a pod where those are asked for', async () => {
    const until = await started(job('restarted', 'exit 5', { backoffLimit: 1 }, { restartPolicy: 'OnFailure' }));
    const seen = await until(isOver);
    expect(condition(seen.at(-1), 'Failed').reason).to.equal('BackoffLimitExceeded');
    expect(seen.at(-1).failed).to.equal(1);
  });

  it('run as many pods as they should, and no more at once', async () => {
    const until = await started(job('several', 'true', { parallelism: 2, completions: 3 }));
    const seen = await until(isOver);
    expect(Math.max(...seen.map(({ active = 0 }) => active))).to.equal(2);
    expect(seen.at(-1).succeeded).to.equal(3);
  });

  it('end at their deadline, when their pods have ended', async () => {
    const until = await started(job('late', politeSleep, { activeDeadlineSeconds: 5 }));
    const seen = await until(isOver);
    const message = 'Job was active longer than specified deadline';
    expect(seen.some((status) => status.terminating === 1 && types(status).join() === 'FailureTarget')).to.equal(true);
    for (const entry of seen.at(-1).conditions) expect(entry).to.include({ reason: 'DeadlineExceeded', message });
    expect(seen.at(-1)).to.include({ failed: 1, terminating: 0 });
    await untilEvent('late', /^DeadlineExceeded: Job was active longer than specified deadline$/);
  });

  it('are suspended, which is no failure, and resumed', async () => {
    const until = await started(job('paused', politeSleep));
    await until(({ ready }) => ready === 1);
    await patch('paused', { suspend: true });
    const pausing = await until((status) => condition(status, 'Suspended') && status.terminating === 0);
    expect(pausing.some((status) => status.terminating === 1)).to.equal(true);
    expect(pausing.at(-1)).to.not.have.any.keys('active', 'failed', 'startTime');
    expect(condition(pausing.at(-1), 'Suspended')).to.include({ reason: 'JobSuspended', message: 'Job suspended' });
    await api.untilOf('pods?labelSelector=job-name%3Dpaused', ({ items }) => items.length === 0);
    await patch('paused', { suspend: false });
    const resumed = (await until(({ ready }) => ready === 1)).at(-1);
    expect(resumed.conditions).to.have.length(1);
    expect(resumed.conditions[0]).to.include({ type: 'Suspended', status: 'False', reason: 'JobResumed' });
    expect(resumed).to.have.property('startTime');
    for (const reason of ['Suspended', 'Resumed', 'SuccessfulDelete'])
      await untilEvent('paused', RegExp(`^${reason}: `));
    await api.call('DELETE', 'jobs/paused', { propagationPolicy: 'Background' });
  });

  it('made suspended have no pods and no start', async () => {
    const until = await started(job('asleep', 'true', { suspend: true }));
    const { startTime, ready, conditions } = (await until((status) => condition(status, 'Suspended'))).at(-1);
    expect([startTime, ready, conditions.length]).to.deep.equal([undefined, 0, 1]);
    expect(await podsOf('asleep')).to.deep.equal([]);
  });

  it('make no second pod while the first still ends, if asked', async () => {
    const spec = { backoffLimit: 5, podReplacementPolicy: 'Failed' };
    const until = await started(job('replaced', politeSleep, spec));
    await until(({ ready }) => ready === 1);
    const [pod] = await podsOf('replaced');
    await api.call('DELETE', `pods/${pod.metadata.name}`);
    const seen = await until(({ failed }) => failed === 1);
    for (const { active = 0, terminating = 0 } of seen) expect(active + terminating).to.be.at.most(1);
    await api.call('DELETE', 'jobs/replaced', { propagationPolicy: 'Background' });
  });

  it('go with their pods when their time to live is over', async () => {
    const until = await started(job('mortal', 'true', { ttlSecondsAfterFinished: 1 }));
    await until(isOver);
    await api.untilOf('jobs/mortal', ({ code }) => code === 404);
    await api.untilOf('pods?labelSelector=job-name%3Dmortal', ({ items }) => items.length === 0);
  });

  it('say why they have no pods', async () => {
    const until = await started(job('refused', 'true', {}, { serviceAccountName: 'nope' }));
    const [status] = (await until(({ startTime }) => startTime !== undefined)).slice(-1);
    expect(status).to.not.have.property('conditions');
    await untilEvent(
      'refused',
      /^FailedCreate: Error creating: pods "refused-" is forbidden: error looking up service/,
    );
  });

  it('say that a quota leaves them none', async () => {
    const hard = { 'requests.nvidia.com/gpu': '1', 'count/jobs.batch': '100' };
    await api.call('POST', 'resourcequotas', { metadata: { name: 'few' }, spec: { hard } });
    await api.untilOf('resourcequotas/few', ({ status }) => status.used?.['count/jobs.batch'] !== undefined);
    const [container] = (job('x') as Json).spec.template.spec.containers;
    const containers = [{ ...container, resources: { limits: { 'nvidia.com/gpu': '2' } } }];
    await started(job('too-many', 'true', {}, { containers }));
    await untilEvent(
      'too-many',
      /^FailedCreate: Error creating: pods "too-many-[a-z0-9]{5}" is forbidden: exceeded quota: few, requested: requests\.nvidia\.com\/gpu=2, used: requests\.nvidia\.com\/gpu=0, limited: requests\.nvidia\.com\/gpu=1$/,
    );
    await api.call('DELETE', 'resourcequotas/few');
  });
});
