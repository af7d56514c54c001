import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CliError } from '../../../../cli/errors.js';
import { localPlace } from '../../../../cli/local/place.js';
import { freePort } from '../../../../cli/local/port.js';
import { startLocal } from '../../../../cli/local/start.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

describe('startLocal', () => {
  const nodeOptions = process.execArgv;
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

  it('ends a server of which it cannot keep a record, and says so', async () => {
    const env = { HOME: home.path };
    const { state } = localPlace(env);
    mkdirSync(`${state}.new`, { recursive: true });
    const options = { port: await freePort(), otherwise: true };
    const error: unknown = await startLocal(env, options, new AbortController().signal).catch((thrown) => thrown);
    expect(started()).to.deep.equal([]);
    expect(error).to.be.instanceOf(CliError);
    expect((error as Error).message).to.equal(
      `the local server did not start: cannot write ${state}: illegal operation on a directory`,
    );
  });
});
