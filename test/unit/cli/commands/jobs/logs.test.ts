import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { TaskState } from '../../../../../gen/k8scli/v1/task.js';
import { StreamTaskLogsResponse } from '../../../../../gen/k8scli/v1/task_service.js';
import { grpcError, lines, playLogs, summary, task } from '../../../client/support/scripted-server.js';
import { useServer } from '../../support/fixture.js';

describe('k8s-cli jobs logs', () => {
  const fixture = useServer();

  it('prints lines of several nodes with their node in front, and notices and gaps on stderr', async () => {
    const followed = task({ metadata: { numNodes: 2 } });
    await fixture.serve({
      unary: { getTask: () => followed },
      stream: {
        streamTaskLogs: playLogs([
          [
            StreamTaskLogsResponse.fromPartial({
              notice: { node: 1, message: 'waiting: pulling image', waited: { seconds: 45n } },
            }),
            lines(0, ['zero'], 'a'),
            lines(1, ['one'], 'b'),
            StreamTaskLogsResponse.fromPartial({
              gap: { node: 0, after: { seconds: 1_700_000_000n }, reason: 'the log file was rotated' },
            }),
            summary(followed),
          ],
        ]),
      },
    });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345']);
    expect(result).to.include({ exitCode: 0, stdout: 'node-0 | zero\nnode-1 | one\n' });
    expect(result.stderr).to.equal(
      'node-1 | waiting: pulling image (45 s)\n' +
        'node-0 | lines are missing after 2023-11-14T22:13:20Z: the log file was rotated\n' +
        'Task abc12345 completed\n',
    );
  });

  it('shows one changing line on a terminal while the task waits, and colours the nodes', async () => {
    const followed = task({ status: 'pending', state: TaskState.PENDING, metadata: { numNodes: 2 } });
    const notice = { node: 1, state: TaskState.PENDING, message: 'waiting: pulling image', waited: { seconds: 45n } };
    const log = [StreamTaskLogsResponse.fromPartial({ notice }), lines(1, ['one'], 'b'), summary(task())];
    await fixture.serve({ unary: { getTask: () => followed }, stream: { streamTaskLogs: playLogs([log, log]) } });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345'], { terminal: true });
    const erase = '\r\u001b[2K';
    expect(result.stderr).to.equal(
      `${erase}waiting to start (0 s)${erase}node-1 | waiting: pulling image (45 s)${erase}` +
        'Task abc12345 \u001b[32mcompleted\u001b[39m\n',
    );
    expect(result.stdout).to.equal('\u001b[32mnode-1 |\u001b[39m one\n');
    const quiet = await fixture.cli(['jobs', 'logs', 'abc12345', '-q'], { terminal: true });
    expect(quiet.stderr).to.equal('');
  });

  it('says once what to do about what a node waits for, also beside the line that changes', async () => {
    const followed = task({ status: 'pending', state: TaskState.PENDING });
    const waits = (seconds: bigint, fix: string) =>
      StreamTaskLogsResponse.fromPartial({
        notice: { state: TaskState.PENDING, message: 'waiting: no room', waited: { seconds }, fix },
      });
    const log = [waits(3n, ''), waits(5n, 'ask for less'), waits(20n, 'ask for less'), summary(task())];
    await fixture.serve({ unary: { getTask: () => followed }, stream: { streamTaskLogs: playLogs([log, log]) } });
    expect((await fixture.cli(['jobs', 'logs', 'abc12345'])).stderr).to.equal(
      'waiting: no room (3 s)\nwaiting: no room (5 s)\nFix: ask for less\nwaiting: no room (20 s)\nTask abc12345 completed\n',
    );
    const erase = '\r\u001b[2K';
    expect((await fixture.cli(['jobs', 'logs', 'abc12345'], { terminal: true })).stderr).to.equal(
      `${erase}waiting to start (0 s)${erase}waiting: no room (3 s)${erase}Fix: ask for less\n` +
        `${erase}waiting: no room (5 s)${erase}waiting: no room (20 s)${erase}Task abc12345 \u001b[32mcompleted\u001b[39m\n`,
    );
  });

  it('ends the last line before something is said in the same file, and nowhere else', async () => {
    const entry = StreamTaskLogsResponse.fromPartial({ entries: [{ node: 0, text: 'no end' }], resumeToken: 't' });
    const stdoutOf = async (oneOutput: boolean, ...flags: string[]): Promise<string> => {
      const stream = { streamTaskLogs: playLogs([[entry, summary(task())]]) };
      await fixture.serve({ unary: { getTask: () => task() }, stream });
      return (await fixture.cli(['jobs', 'logs', 'abc12345', ...flags], { oneOutput })).stdout;
    };
    expect(await stdoutOf(true)).to.equal('no end\n');
    expect(await stdoutOf(true, '--quiet'), 'nothing is said').to.equal('no end');
    expect(await stdoutOf(false)).to.equal('no end');
  });

  it('says once of each outage that the cluster is away while a log is quiet', async () => {
    const outage = { since: { seconds: 1_700_000_040n, nanos: 0 }, message: 'away' };
    const quiet = (over: object) => StreamTaskLogsResponse.fromPartial({ heartbeat: over });
    const log = [{ outage }, { outage }, {}, { outage }].map(quiet);
    const messages = [...log, lines(0, ['hello'], 't'), quiet({ outage }), summary(task())];
    await fixture.serve({ unary: { getTask: () => task() }, stream: { streamTaskLogs: playLogs([messages]) } });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345']);
    expect(result.stdout).to.equal('hello\n');
    const away =
      'k8s-cli: the server has not heard from the cluster for 60s (since 2023-11-14T22:14:00Z), and goes on with the log when it does: away\n';
    expect(result.stderr).to.equal(`${away.repeat(3)}Task abc12345 completed\n`);
  });

  it('prints the messages of the stream with -o json', async () => {
    await fixture.serve({
      unary: { getTask: () => task() },
      stream: { streamTaskLogs: playLogs([[lines(0, ['hello'], 't'), summary(task())]]) },
    });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345', '-o', 'json']);
    expect(result).to.include({ exitCode: 0, stderr: '' });
    const [first, last] = result.stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(first).to.have.nested.property('entries[0].text', 'hello');
    expect(last).to.have.nested.property('summary.task.task_id', 'abc12345');
  });

  it('prints no document with -o json of what only says where to take the stream up', async () => {
    const log = [StreamTaskLogsResponse.fromPartial({ resumeToken: 'p1' }), summary(task())];
    await fixture.serve({ unary: { getTask: () => task() }, stream: { streamTaskLogs: playLogs([log]) } });
    const { stdout } = await fixture.cli(['jobs', 'logs', 'abc12345', '--tail', '5', '-o', 'json']);
    expect(stdout.trimEnd().split('\n')).to.have.length(1);
  });

  it('puts node and time in front of every line with -o wide, and names only the nodes that have one with -o name', async () => {
    const entry = { node: 1, text: 'loss', newline: true, time: { seconds: 1_700_000_000n, nanos: 5 } };
    const log = [StreamTaskLogsResponse.fromPartial({ entries: [entry, entry], resumeToken: 'a' }), summary(task())];
    await fixture.serve({ unary: { getTask: () => task() }, stream: { streamTaskLogs: playLogs([log, log]) } });
    const wide = await fixture.cli(['jobs', 'logs', 'abc12345', '-o', 'wide']);
    expect(wide.stdout).to.equal('node-1 | 2023-11-14T22:13:20.000000005Z loss\n'.repeat(2));
    const names = await fixture.cli(['jobs', 'logs', 'abc12345', '--grep', 'loss', '-o', 'name']);
    expect(names).to.include({ exitCode: 0, stdout: 'node-1\n', stderr: 'Task abc12345 completed\n' });
  });

  it('sends what was selected', async () => {
    const requests: Parameters<typeof playLogs>[1] = [];
    await fixture.serve({
      unary: { getTask: () => task() },
      stream: { streamTaskLogs: playLogs([[summary(task())]], requests) },
    });
    const argv = ['jobs', 'logs', 'abc12345', '--tail', '5', '--since', '1h30m', '--node', '0,node-3', '--no-follow'];
    expect(await fixture.cli(argv)).to.include({ exitCode: 0 });
    expect(requests[0]).to.deep.include({ tail: 5, follow: false, node: [0, 3] });
    expect(requests[0]?.since).to.deep.equal({ seconds: 5400n, nanos: 0 });
  });

  it('prints only the lines in which --grep finds something, however many pieces they come in', async () => {
    const entry = (node: number, text: string, over: object = {}): object => ({ node, text, newline: true, ...over });
    const partial = { partial: true, newline: false };
    const entries = [
      [entry(0, 'loss 0.5'), entry(1, 'nothing'), entry(0, 'a lo', partial)],
      [entry(1, 'no loss of words'), entry(0, 'ss in the middle')],
      [entry(0, 'x'.repeat(2 ** 20), partial), entry(0, ' loss too late')],
      [entry(1, 'node-0', partial), entry(0, 'the last loss', partial)],
    ].map((some) => StreamTaskLogsResponse.fromPartial({ entries: some, resumeToken: 't' }));
    const followed = task({ metadata: { numNodes: 2 } });
    const notice = StreamTaskLogsResponse.fromPartial({ notice: { node: 1, message: 'a word' } });
    const log = [...entries, notice, summary(followed)];
    await fixture.serve({ unary: { getTask: () => followed }, stream: { streamTaskLogs: playLogs([log, log]) } });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345', '--grep', 'l.ss\\b']);
    expect(result).to.include({
      exitCode: 0,
      stdout: 'node-0 | loss 0.5\nnode-1 | no loss of words\nnode-0 | a loss in the middle\nnode-0 | the last loss\n',
    });
    expect(result.stderr).to.contain('node-1 | a word\n');
    const json = await fixture.cli(['jobs', 'logs', 'abc12345', '--grep', '^no', '-o', 'json']);
    expect(json.stdout).to.contain('"nothing"').and.to.contain('"summary":{').and.not.to.contain('"loss 0.5"');
  });

  it('refuses a --grep that is no regular expression', async () => {
    await fixture.serve({});
    const result = await fixture.cli(['jobs', 'logs', 'abc12345', '--grep', '(']);
    expect(result).to.include({ exitCode: 2, stdout: '' });
    expect(result.stderr).to.match(/^k8s-cli: --grep: Invalid regular expression: /);
  });

  it('ends with 0 for a task that goes on when it was not to be followed', async () => {
    const running = task({ status: 'running', state: TaskState.RUNNING });
    await fixture.serve({
      unary: { getTask: () => running },
      stream: { streamTaskLogs: playLogs([[lines(0, ['so far'], 't'), summary(running)]]) },
    });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345', '--no-follow']);
    expect(result).to.include({ exitCode: 0, stdout: 'so far\n', stderr: 'Task abc12345 running\n' });
  });

  it("ends with SkyPilot's code where that is asked for", async () => {
    const running = task({ status: 'running', state: TaskState.RUNNING });
    await fixture.serve({
      unary: { getTask: () => running },
      stream: { streamTaskLogs: playLogs([[lines(0, ['so far'], 't'), summary(running)]]) },
    });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345', '--no-follow', '--exit-code', 'sky']);
    expect(result).to.include({ exitCode: 101, stdout: 'so far\n' });
  });

  it('ends with 125 when the log of a completed task is not complete', async () => {
    await fixture.serve({
      unary: { getTask: () => task() },
      stream: { streamTaskLogs: playLogs([[summary(task(), [{ node: 0, incompleteReason: 'its pod is gone' }])]]) },
    });
    expect(await fixture.cli(['jobs', 'logs', 'abc12345'])).to.include({ exitCode: 125 });
  });

  it('passes bytes through that are no text', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0d]);
    const message = StreamTaskLogsResponse.fromPartial({ entries: [{ node: 0, raw: bytes }], resumeToken: 't' });
    await fixture.serve({
      unary: { getTask: () => task() },
      stream: { streamTaskLogs: playLogs([[message, summary(task())]]) },
    });
    const result = await fixture.cli(['jobs', 'logs', 'abc12345']);
    expect(result.stdoutBytes.equals(bytes)).to.equal(true);
  });

  it('says by the name of the option that a node does not exist', async () => {
    const violations = [{ field: 'node', description: '3 does not exist; the task has only node 0' }];
    await fixture.serve({
      unary: { getTask: () => task() },
      stream: {
        streamTaskLogs: () => {
          throw grpcError(status.INVALID_ARGUMENT, 'node: 3 does not exist', { violations });
        },
      },
    });
    expect(await fixture.cli(['jobs', 'logs', 'abc12345', '--node', '3'])).to.include({
      exitCode: 2,
      stderr: 'k8s-cli: --node: 3 does not exist; the task has only node 0\n',
    });
  });

  it('ends with 123 and one line for a task that does not exist', async () => {
    await fixture.serve({
      unary: {
        getTask: () => {
          throw grpcError(status.NOT_FOUND, 'there is no task zzzz0000');
        },
      },
    });
    const result = await fixture.cli(['jobs', 'logs', 'zzzz0000']);
    expect(result).to.include({ exitCode: 123, stdout: '' });
    expect(result.stderr).to.equal(
      'k8s-cli: there is no task zzzz0000; see k8s-cli jobs list and k8s-cli volumes list\n',
    );
  });
});
