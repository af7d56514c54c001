import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import { REPOSITORY } from '../support/program.js';
import { run, start } from './run.js';

describe('the package, installed in an empty folder', () => {
  const house = useHouse();

  before(async function () {
    this.timeout(1_200_000);
    await run(['npm', 'pack', '--silent', '--pack-destination', house.folder], REPOSITORY);
    const tarball = readdirSync(house.folder).find((name) => name.endsWith('.tgz'));
    const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const compilers = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
    writeFileSync(join(house.folder, 'package.json'), '{"type": "module"}\n');
    await run(['npm', 'install', '--no-fund', '--no-audit', `./${tarball}`, ...compilers], house.folder);
    cpSync(join(REPOSITORY, 'examples/clients/typescript/run-task.ts'), join(house.folder, 'run-task.ts'));
  });

  it('type-checks a strict program, its own types included', async () => {
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false'];
    await run(['npx', 'tsc', ...options, '--types', 'node', 'run-task.ts'], house.folder);
  });

  const example = (taskFile: string) =>
    start([process.execPath, 'run-task.js', house.server.url, 'alice', house.file('task.yaml', taskFile)], house.folder)
      .ended;

  it("submits, shows the log as it is and ends with the task's own exit code", async () => {
    const { code, stdout, stderr } = await example("run: printf 'hello\\n\\377\\n'; exit 3");
    expect(stderr).to.match(/ submitted with id \w{8} on 1 node\nTask \w{8} failed\n$/);
    expect(stdout).to.equal('hello\n\ufffd\n');
    expect(code).to.equal(3);
  });

  it('reads the details of errors', async () => {
    const invalid = await example('num_nodes: 0\nrun: date');
    expect(invalid.stderr).to.match(/^INVALID_ARGUMENT: .*\nreason: INVALID_TASK\nfield num_nodes: line 1, /);
    expect(invalid.code).to.equal(1);
    const unknown = await example('volumes: {/data: nowhere}\nrun: date');
    expect(unknown.stderr).to.match(/^reason: VOLUME_NOT_FOUND$/m);
    expect(unknown.stderr).to.match(/^resource: \{[^]*resourceType: 'k8scli\.v1\.Volume'/m);
  });
});
