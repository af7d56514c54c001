import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { describeKubectl, useKubectl } from '../../support/kubectl.js';
import { container, job, pod } from '../objects.js';

describeKubectl('kubectl logs', () => {
  const api = useApi();
  const kubectl = useKubectl(api);
  const text = 'line 1\nline 2\nline 3\nlate\n';
  before(async () => {
    const script = 'for i in 1 2 3; do echo line $i; done; sleep 3; echo late';
    const containers = [container('echo first'), container('echo second', { name: 'b' })];
    await kubectl.run('create -f -', job('lines', script));
    await kubectl.run('create -f -', {
      ...pod('two', '', {}, { containers }),
      metadata: { name: 'two', labels: { app: 'x' } },
    });
    await kubectl.run('create -f -', {
      ...pod('also', 'echo third'),
      metadata: { name: 'also', labels: { app: 'x' } },
    });
    await kubectl.run('wait --for=condition=complete job/lines --timeout=280s');
    await api.untilOf('pods/two', ({ status }) => status.phase === 'Succeeded');
    await api.untilOf('pods/also', ({ status }) => status.phase === 'Succeeded');
  });

  it('follows a Job until it ends', async () => {
    const script = 'trap "echo bye; exit" TERM; echo begun; sleep 600 & wait';
    await kubectl.run('create -f -', job('followed', script, {}, { terminationGracePeriodSeconds: 60 }));
    await kubectl.run('wait --for=jsonpath={.status.ready}=1 job/followed --timeout=280s');
    const follow = kubectl.start('logs -f job/followed');
    await follow.seen('stdout', /^begun$/m);
    await kubectl.run('delete job followed');
    expect(await follow.ended).to.include({ code: 0, stdout: 'begun\nbye\n' });
  });

  it('shows the last lines, the first bytes, and what came since', async () => {
    expect(await kubectl.run('logs job/lines')).to.equal(text);
    expect(await kubectl.run('logs job/lines --tail=2')).to.equal('line 3\nlate\n');
    expect(await kubectl.run('logs job/lines --limit-bytes=4')).to.equal('line');
    expect(await kubectl.run('logs job/lines --since=1h')).to.equal(text);
    const [stamp] = (await kubectl.run('logs job/lines --tail=1 --timestamps')).split(' ');
    expect(stamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(await kubectl.run(`logs job/lines --since-time=${stamp}`)).to.equal('late\n');
  });

  it('names where lines come from, of one pod and of many', async () => {
    expect(await kubectl.run('logs two -c b')).to.equal('second\n');
    // kubectl goes through the containers in random order.
    const both = (await kubectl.run('logs two --all-containers --prefix')).trim().split('\n');
    expect(both.toSorted()).to.deep.equal(['[pod/two/b] second', '[pod/two/main] first']);
    const many = (await kubectl.run('logs -l app=x --all-containers --prefix --tail=-1')).trim().split('\n');
    expect(many.toSorted()).to.deep.equal(['[pod/also/main] third', '[pod/two/b] second', '[pod/two/main] first']);
    const followed = (await kubectl.run('logs -f -l app=x --all-containers --tail=-1')).trim().split('\n');
    expect(followed.toSorted()).to.deep.equal(['first', 'second', 'third']);
  });

  it('says why there is no log', async () => {
    expect((await kubectl.attempt('logs nobody')).stderr).to.contain('pods "nobody" not found');
    expect((await kubectl.attempt('logs two -c nobody')).stderr).to.contain(
      'container nobody is not valid for pod two',
    );
    expect((await kubectl.attempt('logs also --previous')).stderr).to.contain('previous terminated container');
  });
});
