import { expect } from 'chai';
import { getTask } from '../../../../server/domain/get.js';
import { SETUP_FAILED_MESSAGE } from '../../../../server/domain/status/why.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { endedNode, runningNode, T0, terminated, view, waitingNode } from '../../../support/server/views.js';

const { signal } = new AbortController();

describe('getTask', () => {
  it('looks up why a node waits', async () => {
    const domain = new FakeDomain();
    domain.show(view([waitingNode(0)]));
    domain.eventsByUid.set('job-0', [{ reason: 'FailedCreate', message: 'exceeded quota', warning: true, timeMs: T0 }]);
    const task = await getTask(domain, 'ann', 'abc12345', { signal });
    expect(task.nodes[0]).to.include({ reason: 'FailedCreate', message: 'exceeded quota' });
    expect(task.diagnosis?.category).to.equal('QuotaExceeded');
  });

  it('asks nobody about a task that runs', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    let asked = 0;
    const events = {
      eventsOf: async () => {
        asked += 1;
        return [];
      },
    };
    await getTask(
      { store: domain.store, namespace: domain.namespace, lastLines: domain.lastLines, events },
      'ann',
      'abc12345',
      { signal },
    );
    expect(asked).to.equal(0);
  });

  it('asks about a few of many nodes that wait', async () => {
    const domain = new FakeDomain();
    domain.show(view(Array.from({ length: 20 }, (_, index) => waitingNode(index))));
    const asked: string[] = [];
    const events = {
      eventsOf: async (uid: string) => {
        asked.push(uid);
        return [];
      },
    };
    await getTask(
      { store: domain.store, namespace: domain.namespace, lastLines: domain.lastLines, events },
      'ann',
      'abc12345',
      { signal },
    );
    expect(asked).to.deep.equal(['job-0', 'job-1', 'job-2']);
  });

  it('has the last lines of a setup that failed as evidence', async () => {
    const domain = new FakeDomain();
    const failed = endedNode(1, 4);
    const message = `${SETUP_FAILED_MESSAGE} with exit code 4\n`;
    const pod = failed.pod && { ...failed.pod, container: terminated(4, { message }) };
    domain.show(view([runningNode(0), { ...failed, pod }]));
    domain.lastLinesOf.set('pod-1', ['looking for data', 'no data']);
    const { diagnosis } = await getTask(domain, 'ann', 'abc12345', { signal });
    expect(diagnosis).to.deep.include({ category: 'SetupFailed', node: 1, evidence: ['looking for data', 'no data'] });
  });

  it('has the same words for a task that is not there and for one of somebody else', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)], { id: 'of-bob00', user: 'bob' }));
    const foreign = await failureOf(() => getTask(domain, 'ann', 'of-bob00', { signal }));
    domain.forget('of-bob00');
    const missing = await failureOf(() => getTask(domain, 'ann', 'of-bob00', { signal }));
    expect(foreign.message).to.equal(missing.message);
    expect(foreign).to.include({ reason: 'TASK_NOT_FOUND' });
  });
});
