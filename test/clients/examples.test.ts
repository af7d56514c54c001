import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { pythonWith } from '../../scripts/python-environment.js';
import { type ApiProxy, startApiProxy } from '../support/api-proxy.js';
import { useHouse } from '../support/house.js';
import { REPOSITORY } from '../support/program.js';
import { targetKubeconfig } from '../support/target.js';
import { run, type Running, start } from './run.js';

const EXAMPLES = join(REPOSITORY, 'examples/clients');

/** How an example is made to run: its command, to which arguments are added; undefined where its language is missing. */
interface Language {
  readonly name: string;
  readonly prepare: (folder: string) => Promise<readonly string[] | undefined>;
  readonly environment?: Readonly<Record<string, string>>;
}

const LANGUAGES: readonly Language[] = [
  {
    name: 'Go',
    prepare: async (folder) => {
      if (spawnSync('go', ['version']).status !== 0) return undefined;
      const program = join(folder, 'run-task');
      await run(['go', 'build', '-o', program, '.'], join(EXAMPLES, 'go'));
      return [program];
    },
  },
  {
    name: 'Python',
    prepare: async () => {
      const python = pythonWith(join(EXAMPLES, 'python/requirements.txt'));
      return python === undefined ? undefined : [python, join(EXAMPLES, 'python/run_task.py')];
    },
    environment: { PYTHONPATH: join(REPOSITORY, 'gen/python'), PYTHONDONTWRITEBYTECODE: '1' },
  },
];

for (const { name, prepare, environment } of LANGUAGES) {
  describe(`the example in ${name}`, () => {
    const house = useHouse();
    let command: readonly string[];
    let proxy: ApiProxy;

    before(async function () {
      this.timeout(1_200_000);
      const prepared = await prepare(house.folder);
      if (prepared === undefined) {
        console.log(`      the example in ${name} is left out: ${name} is not here`);
        this.skip();
      }
      command = prepared;
      proxy = await startApiProxy(targetKubeconfig());
    });

    after(() => proxy?.close());

    const example = (taskFile: string, url = house.server.url): Running => {
      const file = house.file('task.yaml', taskFile);
      const args = ['--server', new URL(url).host, '--user', 'alice', file];
      return start([...command, ...args], house.folder, environment);
    };

    it('submits a task, shows its log as it is, and succeeds', async () => {
      const { code, stdout, stderr } = await example("run: |\n  printf 'hello\\n\\377\\n'\n  printf end").ended;
      expect(stderr).to.match(/^Task task-\w{8} submitted with id \w{8} on 1 node\nTask \w{8} completed\n$/);
      expect(stdout).to.equal('hello\n\ufffd\nend\n');
      expect(code).to.equal(0);
    });

    it("ends with the task's own exit code", async () => {
      const { code, stderr } = await example('num_nodes: 2\nrun: exit $((NODE_RANK * 7))').ended;
      expect(stderr).to.match(/Task \w{8} failed\n$/);
      expect(code).to.equal(7);
    });

    it('reads ErrorInfo and BadRequest', async () => {
      const { code, stderr } = await example('num_nodes: 0\nresources: {cpus: x}\nrun: date').ended;
      expect(stderr).to.match(/^(InvalidArgument|INVALID_ARGUMENT): the task is not valid/);
      expect(stderr).to.match(/^reason: INVALID_TASK$/m);
      expect(stderr)
        .to.match(/^field num_nodes: line 1, .*$/m)
        .and.to.match(/^field resources\.cpus: line 2, .*$/m);
      expect(code).to.equal(1);
    });

    it('reads ResourceInfo', async () => {
      const { code, stderr } = await example('volumes: {/data: nowhere}\nrun: date').ended;
      expect(stderr)
        .to.match(/^reason: VOLUME_NOT_FOUND$/m)
        .and.to.match(/^resource: k8scli\.v1\.Volume/m);
      expect(code).to.equal(1);
    });

    it('reads RetryInfo, and tries again when the server says', async () => {
      const { url } = await house.anotherServer(proxy.kubeconfig);
      await proxy.refuse();
      const running = example('run: echo hello', url);
      await running.said(/^trying again in 1s$/m);
      await proxy.accept();
      const { code, stdout, stderr } = await running.ended;
      expect(stderr)
        .to.match(/ submitted with id /)
        .and.to.match(/ completed\n$/);
      expect(stdout, 'of the log, though the watches of the server are not back yet').to.contain('hello');
      expect(code).to.equal(0);
    });
  });
}
