import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { TaskState } from '../../../gen/k8scli/v1/task.js';
import { StreamTaskLogsResponse, type SubmitTaskRequest } from '../../../gen/k8scli/v1/task_service.js';
import {
  grpcError,
  lines,
  playLogs,
  type ScriptedServer,
  startScriptedServer,
  type StreamScript,
  summary,
  task,
  type UnaryScript,
} from '../client/support/scripted-server.js';
import { createSandbox, type Sandbox } from './support/cli.js';

const ANSWER = { taskId: 'abc12345', status: 'submitted', message: 'Task submitted', warnings: [] as string[] };
const FAILED = task({
  status: 'failed',
  state: TaskState.FAILED,
  startedAt: { seconds: 1_700_000_010n, nanos: 0 },
  finishedAt: { seconds: 1_700_000_030n, nanos: 0 },
  metadata: { numNodes: 2, failedNodes: 2, namespace: 'default', nodeJobs: ['j0', 'j1'] },
  nodes: [
    { index: 0, state: TaskState.FAILED, exitCode: 137, finishedAt: { seconds: 1_700_000_030n, nanos: 0 } },
    { index: 1, state: TaskState.FAILED, exitCode: 3, finishedAt: { seconds: 1_700_000_020n, nanos: 0 } },
  ],
  diagnosis: { category: 'ExitCode', cause: 'exit code 3', node: 1, fix: 'look at the last lines of its log' },
});

describe('k8s-cli jobs', () => {
  let server: ScriptedServer;
  let sandbox: Sandbox;

  async function serve(scripts: {
    unary?: Record<string, UnaryScript>;
    stream?: Record<string, StreamScript>;
  }): Promise<void> {
    server = await startScriptedServer(scripts);
  }

  function taskFile(text = 'run: date\n'): string {
    const path = join(sandbox.dir, 'task.yaml');
    writeFileSync(path, text);
    return path;
  }

  beforeEach(() => {
    sandbox = createSandbox(() => ({ K8S_CLI_API_URL: server.url }));
  });

  afterEach(async () => {
    sandbox.remove();
    await server.close();
  });

  describe('submit', () => {
    it('sends the text of the file, prints the id at once, then the log, and ends with the result', async () => {
      const requests: SubmitTaskRequest[] = [];
      await serve({
        unary: {
          submitTask: (request: SubmitTaskRequest) => {
            requests.push(request);
            return { ...ANSWER, warnings: ['use_spot is ignored'] };
          },
          getTask: () => task({ status: 'pending', state: TaskState.PENDING }),
        },
        stream: { streamTaskLogs: playLogs([[lines(0, ['hello', 'world'], 't'), summary(task())]]) },
      });
      const result = await sandbox.cli(['jobs', 'submit', taskFile('run: echo hello # ü\n')]);
      expect(result).to.include({ exitCode: 0, stdout: 'Task abc12345 submitted\nhello\nworld\n' });
      expect(result.stderr).to.equal('warning: use_spot is ignored\nTask abc12345 completed\n');
      expect(requests[0]).to.include({ taskYaml: 'run: echo hello # ü\n', validateOnly: false });
      expect(requests[0]?.requestId).to.match(/^[0-9a-f-]{36}$/);
    });

    it('ends with the exit code of the node that failed first', async () => {
      await serve({
        unary: { submitTask: () => ANSWER, getTask: () => FAILED },
        stream: { streamTaskLogs: playLogs([[summary(FAILED)]]) },
      });
      const result = await sandbox.cli(['jobs', 'submit', taskFile()]);
      expect(result.exitCode).to.equal(3);
      expect(result.stderr).to.equal(
        'Task abc12345 failed after 20s: node-1: exit code 3\n  look at the last lines of its log\n',
      );
    });

    it('ends with 122 when the task was stopped', async () => {
      const stopped = task({
        status: 'stopped',
        state: TaskState.STOPPED,
        stop: { username: 'bob', reason: 'too slow' },
      });
      await serve({
        unary: { submitTask: () => ANSWER, getTask: () => stopped },
        stream: { streamTaskLogs: playLogs([[summary(stopped, [{ node: 0, incompleteReason: 'its pod is gone' }])]]) },
      });
      const result = await sandbox.cli(['jobs', 'submit', taskFile()]);
      expect(result.exitCode).to.equal(122);
      expect(result.stderr).to.equal(
        'node-0 | the log is not complete: its pod is gone\nTask abc12345 stopped: by bob: too slow\n',
      );
    });

    it('prints nothing but the id with --detach outside a terminal', async () => {
      await serve({ unary: { submitTask: () => ANSWER } });
      for (const flag of ['--detach', '-d']) {
        const result = await sandbox.cli(['jobs', 'submit', taskFile(), flag]);
        expect(result).to.include({ exitCode: 0, stdout: 'abc12345\n', stderr: '' });
      }
    });

    it('says how to follow with --detach on a terminal', async () => {
      await serve({ unary: { submitTask: () => ANSWER } });
      const result = await sandbox.cli(['jobs', 'submit', taskFile(), '-d'], { terminal: true });
      expect(result).to.include({
        stdout: 'Task abc12345 submitted\n',
        stderr: 'Follow it with: k8s-cli jobs logs abc12345\n',
      });
    });

    it('keeps stdout for JSON with -o json: one document a line, the log on stderr', async () => {
      await serve({
        unary: { submitTask: () => ANSWER, getTask: () => task() },
        stream: { streamTaskLogs: playLogs([[lines(0, ['hello'], 't'), summary(FAILED)]]) },
      });
      const result = await sandbox.cli(['jobs', 'submit', taskFile(), '-o', 'json']);
      const documents = result.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(documents).to.have.length(2);
      expect(documents[0]).to.deep.equal({
        task_id: 'abc12345',
        status: 'submitted',
        message: 'Task submitted',
        warnings: [],
      });
      expect(documents[1]).to.include({ status: 'failed', state: 'FAILED' });
      expect(result.stderr).to.match(/^hello\n/);
      expect(result.exitCode).to.equal(3);
    });

    it('names every error of the file with its line and column', async () => {
      const violations = [
        { field: 'num_node', description: 'line 2, column 1: num_node: unknown field; did you mean num_nodes?' },
        { field: 'run', description: 'run: is required' },
        { field: 'name', description: 'must not be empty' },
      ];
      await serve({
        unary: {
          submitTask: () => {
            throw grpcError(status.INVALID_ARGUMENT, 'the task has 3 errors', { violations });
          },
        },
      });
      const file = taskFile();
      const result = await sandbox.cli(['jobs', 'submit', file]);
      expect(result).to.include({ exitCode: 2, stdout: '' });
      expect(result.stderr.split('\n')).to.deep.equal([
        `${file}:2:1: num_node: unknown field; did you mean num_nodes?`,
        `${file}: run: is required`,
        `${file}: name: must not be empty`,
        '',
      ]);
    });

    it('goes on behind a cut connection, without losing or repeating a line', async () => {
      await serve({
        unary: { submitTask: () => ANSWER, getTask: () => task() },
        stream: {
          streamTaskLogs: playLogs([[lines(0, ['1', '2'], 'a#cut')], [lines(0, ['3'], 'b'), summary(task())]]),
        },
      });
      const result = await sandbox.cli(['jobs', 'submit', taskFile()]);
      expect(result).to.include({ exitCode: 0, stdout: 'Task abc12345 submitted\n1\n2\n3\n' });
      expect(result.stderr).to.match(
        /^k8s-cli: connection lost \(.+\); going on with the log\nTask abc12345 completed\n$/,
      );
    });

    it('stops following at Ctrl+C, leaves the task alone and says how to come back', async () => {
      const abort = new AbortController();
      let stops = 0;
      await serve({
        unary: { submitTask: () => ANSWER, getTask: () => task(), stopTask: () => stops++ },
        stream: {
          streamTaskLogs: (call) => {
            call.write(lines(0, ['hello'], 't'));
          },
        },
      });
      const result = await sandbox.cli(['jobs', 'submit', taskFile()], {
        signal: abort.signal,
        onStdout: (piece) => piece.includes('hello') && abort.abort(),
      });
      expect(result).to.include({ exitCode: 130, stdout: 'Task abc12345 submitted\nhello\n' });
      expect(result.stderr).to.equal(
        '\nStopped following, the task goes on. To come back: k8s-cli jobs logs abc12345\n',
      );
      expect(stops).to.equal(0);
    });

    it('refuses files that cannot be sent, before the server is asked', async () => {
      await serve({});
      mkdirSync(join(sandbox.dir, 'folder'));
      writeFileSync(join(sandbox.dir, 'latin1.yaml'), Buffer.from([0x72, 0xfc]));
      writeFileSync(join(sandbox.dir, 'big.yaml'), 'x'.repeat(1024 * 1024 + 1));
      const cases: readonly (readonly [file: string, words: RegExp])[] = [
        ['missing.yaml', /missing\.yaml: no such file/],
        ['folder', /folder: is a directory/],
        ['latin1.yaml', /latin1\.yaml: is not UTF-8/],
        ['big.yaml', /big\.yaml: has 1048577 bytes/],
      ];
      for (const [file, words] of cases) {
        const result = await sandbox.cli(['jobs', 'submit', join(sandbox.dir, file)]);
        expect(result).to.include({ exitCode: 2, stdout: '' });
        expect(result.stderr)
          .to.match(words)
          .and.to.match(/^k8s-cli: [^\n]+\n$/);
      }
      expect(server.connections()).to.equal(0);
    });
  });

  describe('logs', () => {
    it('prints lines of several nodes with their node in front, and notices and gaps on stderr', async () => {
      const followed = task({ metadata: { numNodes: 2 } });
      await serve({
        unary: { getTask: () => followed },
        stream: {
          streamTaskLogs: playLogs([
            [
              StreamTaskLogsResponse.fromPartial({ notice: { node: 1, message: 'waiting: pulling image' } }),
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
      const result = await sandbox.cli(['jobs', 'logs', 'abc12345']);
      expect(result).to.include({ exitCode: 0, stdout: 'node-0 | zero\nnode-1 | one\n' });
      expect(result.stderr).to.equal(
        'node-1 | waiting: pulling image\n' +
          'node-0 | lines are missing after 2023-11-14T22:13:20Z: the log file was rotated\n' +
          'Task abc12345 completed\n',
      );
    });

    it('sends what was selected', async () => {
      const requests: Parameters<typeof playLogs>[1] = [];
      await serve({
        unary: { getTask: () => task() },
        stream: { streamTaskLogs: playLogs([[summary(task())]], requests) },
      });
      const argv = ['jobs', 'logs', 'abc12345', '--tail', '5', '--since', '1h30m', '--node', '0,3', '--no-follow'];
      expect(await sandbox.cli(argv)).to.include({ exitCode: 0 });
      expect(requests[0]).to.deep.include({ tail: 5, follow: false, node: [0, 3] });
      expect(requests[0]?.since).to.deep.equal({ seconds: 5400n, nanos: 0 });
    });

    it('ends with 0 for a task that goes on when it was not to be followed', async () => {
      const running = task({ status: 'running', state: TaskState.RUNNING });
      await serve({
        unary: { getTask: () => running },
        stream: { streamTaskLogs: playLogs([[lines(0, ['so far'], 't'), summary(running)]]) },
      });
      const result = await sandbox.cli(['jobs', 'logs', 'abc12345', '--no-follow']);
      expect(result).to.include({ exitCode: 0, stdout: 'so far\n', stderr: 'Task abc12345 running\n' });
    });

    it('ends with 125 when the log of a completed task is not complete', async () => {
      await serve({
        unary: { getTask: () => task() },
        stream: { streamTaskLogs: playLogs([[summary(task(), [{ node: 0, incompleteReason: 'its pod is gone' }])]]) },
      });
      expect(await sandbox.cli(['jobs', 'logs', 'abc12345'])).to.include({ exitCode: 125 });
    });

    it('passes bytes through that are no text', async () => {
      const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0d]);
      const message = StreamTaskLogsResponse.fromPartial({ entries: [{ node: 0, raw: bytes }], resumeToken: 't' });
      await serve({
        unary: { getTask: () => task() },
        stream: { streamTaskLogs: playLogs([[message, summary(task())]]) },
      });
      const result = await sandbox.cli(['jobs', 'logs', 'abc12345']);
      expect(result.stdoutBytes.equals(bytes)).to.equal(true);
    });

    it('ends with 123 and one line for a task that does not exist', async () => {
      await serve({
        unary: {
          getTask: () => {
            throw grpcError(status.NOT_FOUND, 'there is no task zzzz0000');
          },
        },
      });
      const result = await sandbox.cli(['jobs', 'logs', 'zzzz0000']);
      expect(result).to.include({ exitCode: 123, stdout: '' });
      expect(result.stderr).to.equal(
        'k8s-cli: there is no task zzzz0000; see k8s-cli jobs list and k8s-cli volumes list\n',
      );
    });
  });

  describe('list', () => {
    it('shows tasks in aligned columns with the reason', async () => {
      let allUsers: boolean | undefined;
      await serve({
        unary: {
          listTasks: (request: { allUsers: boolean }) => {
            allUsers = request.allUsers;
            return { tasks: [FAILED, task({ taskId: 'b', name: 'a-longer-name' })], nextPageToken: '' };
          },
        },
      });
      const result = await sandbox.cli(['jobs', 'list']);
      expect(result).to.include({ exitCode: 0, stderr: '' });
      expect(result.stdout).to.equal(
        [
          'ID        NAME           STATUS     NODES  AGE   REASON',
          'abc12345  train          failed     2      100s  node-1: exit code 3',
          'b         a-longer-name  completed  1      100s',
          '',
        ].join('\n'),
      );
      expect(allUsers).to.equal(false);
      expect((await sandbox.cli(['jobs', 'list', '-d', '-u'])).stdout).to.match(
        /USER +DURATION +CREATED +NAMESPACE +JOBS/,
      );
      expect(allUsers).to.equal(true);
    });

    it('cuts lines to the width of a terminal', async () => {
      await serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: '' }) } });
      const result = await sandbox.cli(['jobs', 'list'], { terminal: true, columns: 50 });
      const [, row] = result.stdout.split('\n');
      expect(row).to.have.length(50).and.to.match(/…$/);
    });

    it('prints the JSON of the REST interface', async () => {
      await serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: 'more' }) } });
      const result = await sandbox.cli(['jobs', 'list', '--output=json']);
      const answer = JSON.parse(result.stdout) as { tasks: unknown[]; next_page_token: string };
      expect(answer.next_page_token).to.equal('more');
      expect(answer.tasks[0]).to.include({ task_id: 'abc12345', created_at: '2023-11-14T22:13:20Z', state: 'FAILED' });
      expect(result.stderr).to.equal('k8s-cli: only the newest 1 tasks are shown; there are more\n');
    });

    it('says how to begin when there is nothing', async () => {
      await serve({ unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) } });
      const result = await sandbox.cli(['jobs', 'list']);
      expect(result).to.include({ exitCode: 0, stdout: '' });
      expect(result.stderr).to.match(/No tasks.*k8s-cli jobs submit FILE/);
    });
  });

  describe('status', () => {
    it('shows what is wrong first, then the task, then its nodes', async () => {
      await serve({ unary: { getTask: () => FAILED } });
      const { stdout, exitCode } = await sandbox.cli(['jobs', 'status', 'abc12345']);
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/^Task: +abc12345\nStatus: +failed\nReason: +node-1: exit code 3\nFix: +look at/);
      expect(stdout).to.match(/\nNodes: +2 \(2 failed\)\n/);
      expect(stdout).to.match(/\nnode-0 {2}failed {2}137 /);
    });

    it('prints the bare task as JSON', async () => {
      await serve({ unary: { getTask: () => FAILED } });
      const { stdout } = await sandbox.cli(['jobs', 'status', 'abc12345', '-o', 'json']);
      expect(JSON.parse(stdout)).to.include({ task_id: 'abc12345', status: 'failed' });
    });

    it('keeps control characters of the cluster from the terminal', async () => {
      await serve({ unary: { getTask: () => task({ name: 'a\u001b[2Jb\nc' }) } });
      const { stdout } = await sandbox.cli(['jobs', 'status', 'abc12345']);
      expect(stdout).to.match(/Name: +a\?\[2Jb c\n/);
    });
  });

  describe('stop', () => {
    it('stops one task and says that its log goes with its pods', async () => {
      const ids: string[] = [];
      await serve({
        unary: {
          stopTask: ({ taskId }: { taskId: string }) => {
            ids.push(taskId);
            return { taskId, status: 'stopped', message: 'Task 00123456 is being stopped' };
          },
          getTask: () => task({ status: 'running', state: TaskState.STOPPING }),
        },
      });
      const result = await sandbox.cli(['jobs', 'stop', '00123456']);
      expect(result).to.include({ exitCode: 0, stdout: 'Task 00123456 is being stopped\n' });
      expect(result.stderr).to.match(/logs goes with the pods/);
      expect(ids).to.deep.equal(['00123456']);
    });

    it('says nothing about logs for a task that had already ended', async () => {
      await serve({
        unary: {
          stopTask: ({ taskId }: { taskId: string }) => ({ taskId, status: 'stopped', message: 'it had completed' }),
          getTask: () => task(),
        },
      });
      expect(await sandbox.cli(['jobs', 'stop', 'abc12345'])).to.include({ exitCode: 0, stderr: '' });
    });

    it('stops all tasks, of all users when told so', async () => {
      const requests: unknown[] = [];
      await serve({
        unary: {
          stopTasks: (request: unknown) => {
            requests.push(request);
            return { count: 5, status: 'stopped', message: 'Stopped 5 tasks' };
          },
        },
      });
      expect(await sandbox.cli(['jobs', 'stop', '-a'])).to.include({ exitCode: 0, stdout: 'Stopped 5 tasks\n' });
      const json = await sandbox.cli(['jobs', 'stop', '--all', '--all-users', '-o', 'json']);
      expect(JSON.parse(json.stdout)).to.deep.equal({ count: 5, status: 'stopped', message: 'Stopped 5 tasks' });
      expect(requests).to.deep.equal([{ allUsers: false }, { allUsers: true }]);
    });
  });
});
