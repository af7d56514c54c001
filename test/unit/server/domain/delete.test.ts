import { expect } from 'chai';
import { deleteTask } from '../../../../server/domain/delete.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { endedNode, node, job, runningNode, T0, view, waitingNode } from '../../../support/server/views.js';

const { signal } = new AbortController();

describe('deleteTask', () => {
  let domain: FakeDomain;
  beforeEach(() => {
    domain = new FakeDomain();
  });

  it('deletes a task that has ended', async () => {
    domain.show(view([endedNode(0, 3)]));
    await deleteTask(domain, 'ann', 'abc12345', false, signal);
    expect(domain.removed).to.deep.equal(['abc12345']);
  });

  it('deletes a stopped one too', async () => {
    const stop = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };
    domain.show(view([node({ job: job({ suspended: true }) })], { stop }));
    await deleteTask(domain, 'ann', 'abc12345', false, signal);
    expect(domain.removed).to.deep.equal(['abc12345']);
  });

  for (const [title, nodes] of [
    ['is running', [runningNode(0)]],
    ['is pending', [waitingNode(0)]],
    ['is failed', [endedNode(0, 1), runningNode(1)]],
  ] as const) {
    it(`leaves one alone that ${title} and has not ended, unless it is forced`, async () => {
      domain.show(view(nodes));
      const error = await failureOf(() => deleteTask(domain, 'ann', 'abc12345', false, signal));
      expect(error.reason).to.equal('TASK_NOT_FINISHED');
      expect(error.message).to.match(new RegExp(`^task abc12345 ${title}; stop it first with .*--force$`));
      expect(domain.removed).to.deep.equal([]);
      await deleteTask(domain, 'ann', 'abc12345', true, signal);
      expect(domain.removed).to.deep.equal(['abc12345']);
    });
  }

  it('knows nothing of other people’s tasks', async () => {
    domain.show(view([endedNode(0, 0)]));
    const error = await failureOf(() => deleteTask(domain, 'bob', 'abc12345', true, signal));
    expect(error.reason).to.equal('TASK_NOT_FOUND');
  });
});
