import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { rest } from '../support/rest.js';
import { keptLogs, startServer } from '../support/server.js';
import { targetKubeconfig } from '../support/target.js';

describe('a server that keeps tasks for a time', () => {
  const house = useHouse();

  it('deletes what has ended so long ago, with its Jobs and logs, and nothing else', async () => {
    const run = (text: string): Promise<string> => house.submit({ run: text }).then(({ task_id }) => task_id);
    const [ended, running] = await Promise.all([run('echo hello'), run('sleep 600 & wait')]);
    await Promise.all([house.until(ended, 'completed'), house.until(running, 'running')]);
    await eventually(() => expect(keptLogs(ended)).to.have.length(1));
    const { namespace } = house.kubernetes;
    const { url, program } = await startServer({
      kubeconfig: targetKubeconfig(),
      namespace,
      port: 0,
      flags: ['--retain', '1s'],
    });
    try {
      await eventually(async () => expect((await rest(url, 'GET', `/tasks/${ended}`)).status).to.equal(404));
      await eventually(async () => {
        expect(await house.kubernetes.list('jobs', `task-id=${ended}`)).to.deep.equal([]);
        expect(await house.kubernetes.list('pods', `task-id=${ended}`)).to.deep.equal([]);
        expect(keptLogs(ended)).to.deep.equal([]);
      });
      expect((await house.task(running)).status).to.equal('running');
    } finally {
      await program.stop();
    }
  });
});
