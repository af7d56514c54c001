import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { REPOSITORY, startCommand } from '../../support/program.js';
import { targetKubeconfig } from '../../support/target.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.js';

/** Building and installing these takes minutes the first time, and the network: only who asks for them gets them. */
const WANTED = (process.env['K8S_CLI_TEST_CLIENTS'] ?? '').split(' ');
const HERE = join(REPOSITORY, 'test/conformance/clients');
const INSTALL_MS = 1_200_000;

function describeClient(tool: 'go' | 'python3', suite: () => void): void {
  if (WANTED.includes(tool)) describe(`clients of ${tool}`, suite);
  else describe.skip(`clients of ${tool} (left out: K8S_CLI_TEST_CLIENTS does not name it)`, suite);
}

function install(program: string, args: readonly string[], cwd = HERE): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: INSTALL_MS });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} has failed: ${error?.message ?? stderr}`);
}

/** What every client sees of the Job that it makes. */
const log = 'line 1\nline 2\nline 3\n';

describeClient('go', () => {
  const api = useApi();
  let folder: TemporaryFolder;
  before(function () {
    this.timeout(INSTALL_MS);
    folder = createTemporaryFolder();
    install('go', ['build', '-o', join(folder.path, 'client'), '.'], join(HERE, 'go'));
  });
  after(() => folder.remove());

  it('client-go: informers, create, logs, patch, update, delete', async () => {
    const command = [join(folder.path, 'client'), targetKubeconfig(), api.namespace];
    const { code, stdout, stderr } = await startCommand('the Go program', command).ended;
    expect({ code, stdout }, stderr).to.deep.equal({
      code: 0,
      stdout: `synced\ncreated, and only once: true\nthe informer knows the pod\n${log}the informer knows the end\n\
patched: yes and what is stale is refused: true\nupdated\ndeleted with its pod\n`,
    });
  });
});

describeClient('python3', () => {
  const api = useApi();
  let folder: TemporaryFolder;
  before(function () {
    this.timeout(INSTALL_MS);
    folder = createTemporaryFolder();
    install('python3', ['-m', 'venv', folder.path]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'python/requirements.txt'];
    install(join(folder.path, 'bin/python'), pip);
  });
  after(() => folder.remove());

  const run = async (program: string): Promise<string> => {
    const command = [join(folder.path, 'bin/python'), join(HERE, 'python', program), targetKubeconfig(), api.namespace];
    const options = { env: { PYTHONDONTWRITEBYTECODE: '1' } };
    const { code, stdout, stderr } = await startCommand(program, command, options).ended;
    expect(code, stderr).to.equal(0);
    return stdout;
  };

  it('kubernetes: create, watches, logs, patch, list, delete', async () => {
    expect(await run('with_kubernetes.py')).to.equal(
      `created, and only once: 409\nwatched the pod\n${log}watched the Job: ADDED MODIFIED\n\
patched and found: yes hello-python\ndeleted with its pod\n`,
    );
  });

  it('kr8s: create, wait, logs, label, list, delete', async () => {
    expect(await run('with_kr8s.py')).to.equal(
      `created: True\ncomplete\n${log}labelled and found: hello-kr8s\ndeleted with its pod\n`,
    );
  });
});
