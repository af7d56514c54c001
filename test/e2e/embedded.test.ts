import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { startCli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { type Program, startProgram } from '../support/program.js';
import { rest } from '../support/rest.js';
import { REAL } from '../support/target.js';
import type { TaskJson } from '../support/task-json.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

// A real cluster is not restarted by tests.
if (!REAL) {
  describe('an embedded cluster with a server', () => {
    let data: TemporaryFolder;
    let home: TemporaryFolder;
    const programs: Program[] = [];

    before(() => {
      data = createTemporaryFolder();
      home = createTemporaryFolder();
    });

    after(async () => {
      await Promise.all(programs.map((program) => program.stop()));
      data.remove();
      home.remove();
    });

    const startCluster = async (folder = data): Promise<Program> => {
      const program = startProgram('cluster', ['--data-dir', folder.path]);
      programs.push(program);
      await program.seen('stdout', /^ready /m);
      return program;
    };

    // By its kubeconfig, as one that is there for itself: a server that has a cluster of its own would start it again by itself.
    const byKubeconfig = (): string[] => ['--cluster', 'kubeconfig', '--kubeconfig', join(data.path, 'kubeconfig')];

    const startServer = async (cluster = byKubeconfig()): Promise<{ url: string; program: Program }> => {
      const args = [...cluster, '--log-dir', join(home.path, 'logs'), '--port', '0'];
      const program = startProgram('server', args);
      programs.push(program);
      const [, url = ''] = await program.seen(
        'stdout',
        /ready at (\S+) \(cluster embedded at \S+, namespace default\)$/m,
      );
      return { url, program };
    };

    const taskAt = async (url: string, id: string): Promise<TaskJson> =>
      JSON.parse((await rest(url, 'GET', `/tasks/${id}`)).text) as TaskJson;

    it('keeps its tasks, their state and their logs over restarts; what ran when it died has failed', async () => {
      const cluster = await startCluster();
      const server = await startServer();
      const submit = async (task: object): Promise<string> => {
        const { text } = await rest(server.url, 'POST', '/tasks/submit', { body: task });
        return (JSON.parse(text) as { task_id: string }).task_id;
      };
      const done = await submit({ name: 'done', run: 'echo kept' });
      const ran = await submit({ name: 'ran', run: 'echo begun; sleep 600 & wait' });
      await eventually(async () => expect((await taskAt(server.url, done)).status).to.equal('completed'));
      const follow = startCli(home, server.url, ['jobs', 'logs', ran]);
      await follow.seen('stdout', /^begun$/m);
      cluster.kill('SIGKILL');
      await cluster.ended;
      await startCluster();
      const { code } = await follow.ended;
      expect(code).to.not.equal(0);
      await eventually(async () => expect((await taskAt(server.url, ran)).status).to.equal('failed'));
      await server.program.stop();
      const again = await startServer();
      expect(await taskAt(again.url, ran)).to.include({ status: 'failed', name: 'ran' });
      expect(await taskAt(again.url, done)).to.include({ status: 'completed', name: 'done' });
      expect((await rest(again.url, 'GET', `/tasks/${done}/logs`)).text).to.equal('kept\n');
    });

    it('is not started again by a server that is told to end together with it', async () => {
      const own = createTemporaryFolder();
      const cluster = await startCluster(own);
      const { url, program: server } = await startServer(['--cluster', 'embedded', '--data-dir', own.path]);
      // A call whose body does not come holds the server up for as long as calls may.
      const headers = { 'X-User': 'ann', 'Content-Length': 10, Expect: '100-continue' };
      const call = request(`${url}/tasks/submit`, { method: 'POST', headers });
      call.on('error', () => {}).flushHeaders();
      await once(call, 'continue');
      cluster.kill('SIGTERM');
      server.kill('SIGTERM');
      await cluster.ended;
      const { code, stderr } = await server.ended;
      own.remove();
      expect({ code, stderr }).to.have.property('code', 0);
      expect(stderr).to.not.contain('started again');
    });

    it('is one for each data directory', async () => {
      const second = startProgram('cluster', ['--data-dir', data.path]);
      programs.push(second);
      const { code, stdout, stderr } = await second.ended;
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.contain(data.path);
    });
  });
}
