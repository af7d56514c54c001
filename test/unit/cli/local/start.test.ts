import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { CliError } from '../../../../cli/errors.js';
import { localPlace } from '../../../../cli/local/place.js';
import { freePort } from '../../../../cli/local/port.js';
import { processOf } from '../../../../cli/local/process.js';
import { startLocal } from '../../../../cli/local/start.js';
import { writeState } from '../../../../cli/local/state.js';
import { eventually } from '../../../support/eventually.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

describe('startLocal', () => {
  const nodeOptions = process.execArgv;
  const never = new AbortController().signal;
  let home: TemporaryFolder;

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => {
    home = createTemporaryFolder();
    // Instead of a server: a program that goes on until it is ended.
    process.execArgv = ['--eval', 'setInterval(() => {}, 1e6)'];
  });
  afterEach(() => {
    process.execArgv = nodeOptions;
    for (const pid of started()) process.kill(pid);
    home.remove();
  });

  /** Processes that were told a path of this home. */
  function started(): readonly number[] {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => commandOf(pid).includes(home.path));
  }

  function commandOf(pid: number): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      // It has ended meanwhile.
      return '';
    }
  }

  /** Has this process counted as the local server that was started last. */
  async function remember(pid: number, port: number): Promise<void> {
    const place = localPlace({ HOME: home.path });
    mkdirSync(place.folder, { recursive: true });
    await writeState(place, { pid, started: processOf(pid)?.started ?? '', url: `http://127.0.0.1:${port}` });
  }

  it('takes a server that runs when it takes calls', async () => {
    const callers: Socket[] = [];
    const server = createServer((socket) => callers.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await remember(process.pid, port);
    const { url, started: made } = await startLocal({ HOME: home.path }, { port, otherwise: false }, never);
    expect({ url, made }).to.deep.equal({ url: `http://127.0.0.1:${port}`, made: false });
    expect(callers).to.have.length(1);
    for (const caller of callers) caller.destroy();
    server.close();
  });

  it('starts another one where the one that runs is about to end', async () => {
    const child = spawn('sleep', ['0.3'], { stdio: 'ignore' });
    const port = await freePort();
    await remember(child.pid ?? -1, port);
    const over = new AbortController();
    const starting = startLocal({ HOME: home.path }, { port, otherwise: false }, over.signal).catch((thrown) => thrown);
    await eventually(async () => expect(started()).to.have.length(1));
    expect(child.exitCode).to.equal(0);
    over.abort();
    expect(await starting).to.include({ name: 'AbortError' });
  });

  it('ends a server of which it cannot keep a record, and says so', async () => {
    const env = { HOME: home.path };
    const { state } = localPlace(env);
    mkdirSync(`${state}.new`, { recursive: true });
    const options = { port: await freePort(), otherwise: true };
    const error: unknown = await startLocal(env, options, never).catch((thrown) => thrown);
    expect(started()).to.deep.equal([]);
    expect(error).to.be.instanceOf(CliError);
    expect((error as Error).message).to.equal(
      `the local server did not start: cannot write ${state}: illegal operation on a directory`,
    );
  });
});
