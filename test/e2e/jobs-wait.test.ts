import { expect } from 'chai';
import { withMoreTime } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import type { Program } from '../support/program.js';
import type { Server } from '../support/server.js';

const FOREVER = { run: 'echo begun; sleep 600' };

describe('jobs wait', () => {
  const house = useHouse();

  const submit = async (task: object): Promise<string> => (await house.submit(task)).task_id;

  /** A command line that is known to wait; of several tasks at least for one. */
  const waiting = async (args: readonly string[], server: Server = house.server): Promise<Program> => {
    const env = { K8S_CLI_API_URL: server.url };
    const program = house.startCli(['jobs', 'wait', '--verbose', ...args], { env });
    await program.seen('stderr', /WatchTask/);
    return program;
  };

  const stop = (id: string): Promise<unknown> => house.cli(['jobs', 'stop', id]);

  it('ends with each way in which a task can end', async () => {
    const ids = [await submit({ run: 'true' }), await submit({ run: 'exit 3' }), await submit(FOREVER)] as const;
    const [completed, failed, stopped] = ids;
    const waits = await Promise.all(ids.map((id) => waiting([id])));
    await house.until(stopped, 'running');
    await stop(stopped);
    const endings = await Promise.all(waits.map(({ ended }) => ended));
    expect(endings.map(({ code }) => code)).to.deep.equal([0, 3, 122]);
    for (const [index, word] of ['completed', 'failed', 'stopped'].entries())
      expect(endings[index]?.stdout).to.match(new RegExp(`^Task ${ids[index]} ${word}`));
    const together = await house.cli(['jobs', 'wait', completed, failed, stopped]);
    expect(together.stdout.match(/^Task /gm)).to.have.length(3);
    expect(together.code, 'that of the first that did not complete').to.equal(3);
  });

  it('ends with 123 when a task is deleted meanwhile', async () => {
    const ids = [await submit(FOREVER), await submit(FOREVER)] as const;
    const [deleted, other] = ids;
    await Promise.all(ids.map((id) => house.until(id, 'running')));
    const wait = await waiting([deleted]);
    expect((await house.cli(['jobs', 'delete', deleted, '--force'])).code).to.equal(0);
    const { code, stderr } = await wait.ended;
    expect(code, stderr).to.equal(123);
    expect(stderr).to.contain(`task "${deleted}" not found`);
    expect((await house.cli(['jobs', 'wait', deleted, other])).code, 'deleted before').to.equal(123);
    await stop(other);
  });

  it('ends with 124 when the time is up, and the task goes on', async () => {
    const ids = [await submit({ run: 'true' }), await submit(FOREVER)] as const;
    const [short, long] = ids;
    await house.until(short, 'completed');
    // Time enough to hear of the one that has ended.
    const { code, stderr } = await withMoreTime(
      (seconds) => house.cli(['jobs', 'wait', short, long, '--timeout', `${seconds}s`]),
      (ending) => ending.stderr.includes(short),
    );
    expect({ code, stderr }).to.deep.equal({ code: 124, stderr: `Time is up; not ended: ${long}\n` });
    await house.until(long, 'running');
    await stop(long);
  });

  it('--any ends with the first that ends', async () => {
    const [first, second] = [await submit(FOREVER), await submit(FOREVER)] as const;
    const wait = await waiting([first, second, '--any']);
    await house.until(second, 'running');
    await stop(second);
    const { code, stdout } = await wait.ended;
    expect(stdout)
      .to.match(new RegExp(`^Task ${second} stopped`))
      .and.to.not.contain(first);
    expect(code).to.equal(122);
    await stop(first);
  });

  it('goes on when its server is killed and started again', async () => {
    const server = await house.anotherServer();
    const id = await submit(FOREVER);
    await house.until(id, 'running');
    const wait = await waiting([id], server);
    server.program.kill('SIGKILL');
    await server.program.ended;
    await stop(id);
    await house.anotherServer(undefined, Number(new URL(server.url).port));
    const { code, stderr } = await wait.ended;
    expect(code, stderr).to.equal(122);
  });
});
