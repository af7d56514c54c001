import { expect } from 'chai';
import { writeConfig } from '../../../../../cli/config.js';
import { freePort } from '../../../../../cli/local/port.js';
import { createSandbox, type Sandbox } from '../../support/cli.js';

describe('k8s-cli local start', () => {
  const nodeOptions = process.execArgv;
  let sandbox: Sandbox;

  beforeEach(() => {
    sandbox = createSandbox();
    // Instead of a server: a program that says that it is ready, and goes on until it is ended.
    process.execArgv = ['--eval', 'console.log("k8s-cli-server 0 ready at X"); setInterval(() => {}, 1e6)'];
  });
  afterEach(async () => {
    await sandbox.cli(['local', 'stop', '--yes']);
    process.execArgv = nodeOptions;
    sandbox.remove();
  });

  /** As a server that ran before leaves it. */
  async function ranAt(server: string): Promise<void> {
    await writeConfig({ HOME: sandbox.dir }, { currentContext: 'local', contexts: { local: { server } } });
  }

  it('takes the port that the server had, where whoever follows a task tries it again', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await ranAt(url);
    expect(await sandbox.cli(['local', 'start'])).to.include({ exitCode: 0, stdout: `Started: ${url}\n` });
  });

  it('takes that of the environment where there is one', async () => {
    const port = String(await freePort());
    await ranAt(`http://127.0.0.1:${await freePort()}`);
    const result = await sandbox.cli(['local', 'start'], { env: { K8S_CLI_API_PORT: port } });
    expect(result).to.include({ exitCode: 0, stdout: `Started: http://127.0.0.1:${port}\n` });
  });
});
