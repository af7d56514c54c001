import { expect } from 'chai';
import { rerunTask } from '../../../../server/domain/rerun.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { spec } from '../../../support/server/specs.js';
import { endedNode, view } from '../../../support/server/views.js';

const { signal } = new AbortController();

describe('rerunTask', () => {
  it('submits what is recorded of a task, with its secrets, under a new id', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 1)]));
    const secrets = { values: { TOKEN: 'x' }, registry: undefined };
    domain.recorded.set('abc12345', { spec: spec({ run: 'again', secretNames: ['TOKEN'] }), secrets });
    const { taskId, created } = await rerunTask(domain, 'ann', 'abc12345', '', signal);
    expect({ taskId, created }).to.deep.equal({ taskId: 'random01', created: true });
    expect(domain.launches[0]).to.deep.include({ id: 'random01', user: 'ann', secrets });
    expect(domain.launches[0]?.spec.run).to.equal('again');
  });

  it('refuses a task of which nothing is recorded, and somebody else’s', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 1)]));
    const unknown = await failureOf(() => rerunTask(domain, 'ann', 'abc12345', '', signal));
    expect(unknown.reason).to.equal('TASK_NOT_REPEATABLE');
    const foreign = await failureOf(() => rerunTask(domain, 'bob', 'abc12345', '', signal));
    expect(foreign.reason).to.equal('TASK_NOT_FOUND');
    expect(domain.launches).to.deep.equal([]);
  });
});
