import { join } from 'node:path';
import { expect } from 'chai';
import { startCli } from '../support/cli.js';
import { type Program, REPOSITORY, startProgram } from '../support/program.js';
import { startServer } from '../support/server.js';
import { REAL } from '../support/target.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

/** Root of a container that was not given more rights: it may make no namespaces. Needs to be root to give up rights. */
const WITHOUT_RIGHTS = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin', '--'];

if (!REAL && process.platform === 'linux' && process.getuid?.() === 0) {
  describe('the embedded cluster on a machine that allows no namespaces', () => {
    let folder: TemporaryFolder;
    let url: string;
    const programs: Program[] = [];
    const cli = (...args: string[]): Program => startCli(folder, url, args);
    const submit = (file: string): Program => cli('jobs', 'submit', join(REPOSITORY, 'examples', file));

    before(async () => {
      folder = createTemporaryFolder();
      const cluster = startProgram('cluster', ['--data-dir', join(folder.path, 'data')], { through: WITHOUT_RIGHTS });
      programs.push(cluster);
      await cluster.seen('stderr', /pods are plain processes: overlay: /);
      const [, kubeconfig = ''] = await cluster.seen('stdout', /^ready (.+)$/m);
      const server = await startServer({ kubeconfig, namespace: 'default', port: 0 });
      programs.unshift(server.program);
      url = server.url;
    });

    after(async () => {
      for (const program of programs) await program.stop();
      folder.remove();
    });

    it('nodes of a task meet, although there are no names', async () => {
      const { code, stdout, stderr } = await submit('multi-node.yaml').ended;
      expect(stdout, stderr).to.contain('node-1 | node 1: got welcome from node 0\n');
      expect(code).to.equal(0);
    });

    it('a failed setup is told as such', async () => {
      const { code, stderr } = await submit('failing-setup.yaml').ended;
      expect(stderr).to.contain('setup failed with exit code 7');
      expect(code).to.equal(7);
    });

    it('a task with volumes fails, and says why', async () => {
      expect((await cli('volumes', 'create', 'example-data', '1Gi').ended).code).to.equal(0);
      const { code, stderr } = await submit('volumes.yaml').ended;
      expect(stderr).to.match(/^Task \S+ failed.*: volumes need mount namespaces, which this machine does not allow/m);
      expect(code).to.equal(1);
    });
  });
}
