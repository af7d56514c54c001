import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { TaskState } from '../../../../../gen/k8scli/v1/task.js';
import { type SubmitTaskRequest } from '../../../../../gen/k8scli/v1/task_service.js';
import { grpcError, lines, playLogs, summary, task } from '../../../client/support/scripted-server.js';
import type { CliResult } from '../../support/cli.js';
import { FAILED, useServer } from '../../support/fixture.js';

const ANSWER = {
  taskId: 'abc12345',
  status: 'submitted',
  message: 'Task submitted',
  warnings: [] as string[],
  objects: [],
};

describe('k8s-cli jobs submit', () => {
  const fixture = useServer();

  it('sends the text of the file, prints the id at once, then the log, and ends with the result', async () => {
    const requests: SubmitTaskRequest[] = [];
    await fixture.serve({
      unary: {
        submitTask: (request: SubmitTaskRequest) => {
          requests.push(request);
          return { ...ANSWER, warnings: ['use_spot is ignored'] };
        },
        getTask: () => task({ status: 'pending', state: TaskState.PENDING }),
      },
      stream: { streamTaskLogs: playLogs([[lines(0, ['hello', 'world'], 't'), summary(task())]]) },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile('run: echo hello # ü\n')]);
    expect(result).to.include({ exitCode: 0, stdout: 'Task abc12345 submitted\nhello\nworld\n' });
    expect(result.stderr).to.equal('warning: use_spot is ignored\nTask abc12345 completed\n');
    expect(requests[0]).to.include({ taskYaml: 'run: echo hello # ü\n', validateOnly: false });
    expect(requests[0]?.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('ends with the exit code of the node that failed first', async () => {
    await fixture.serve({
      unary: { submitTask: () => ANSWER, getTask: () => FAILED },
      stream: { streamTaskLogs: playLogs([[summary(FAILED)]]) },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result.exitCode).to.equal(3);
    expect(result.stderr).to.equal(
      'Task abc12345 failed after 20s: node-1: exit code 3\n  look at the last lines of its log\n',
    );
  });

  it('checks several files before the first is submitted, then follows one after the other', async () => {
    const requests: SubmitTaskRequest[] = [];
    let refuse = true;
    await fixture.serve({
      unary: {
        submitTask: (request: SubmitTaskRequest) => {
          requests.push(request);
          if (refuse && request.taskYaml.includes('bad')) throw grpcError(status.INVALID_ARGUMENT, 'run: is bad');
          return request.validateOnly ? { ...ANSWER, taskId: '' } : { ...ANSWER, taskId: `task000${requests.length}` };
        },
        getTask: () => task(),
      },
      stream: {
        streamTaskLogs: (call) => {
          const { taskId } = call.request;
          call.write(lines(0, [`log of ${taskId}`], 't'));
          call.write(summary(taskId === 'task0003' ? FAILED : task({ taskId })));
          call.end();
        },
      },
    });
    const good = join(fixture.dir, 'good.yaml');
    const bad = join(fixture.dir, 'bad.yaml');
    writeFileSync(good, 'run: good\n');
    writeFileSync(bad, 'run: bad\n');
    const refused = await fixture.cli(['jobs', 'submit', good, bad]);
    expect(refused).to.include({
      exitCode: 2,
      stdout: '',
      stderr: `${bad}: run: is bad\nNothing was created.\n`,
    });
    expect(requests.every(({ validateOnly }) => validateOnly)).to.equal(true);
    refuse = false;
    requests.length = 0;
    const result = await fixture.cli(['jobs', 'submit', good, bad]);
    expect(result.exitCode).to.equal(3);
    expect(result.stdout.split('\n')).to.deep.equal([
      'Task task0003 submitted',
      'Task task0004 submitted',
      'log of task0003',
      'log of task0004',
      '',
    ]);
    expect(result.stderr).to.contain(`==> ${bad} (task0004) <==\n`);
  });

  it('tells what is wrong with each of several files, those that are not there included, and submits none', async () => {
    const requests: SubmitTaskRequest[] = [];
    const option = {
      field: 'overrides.accelerators',
      description: 'overrides.accelerators: "x" is no number; write 1',
    };
    await fixture.serve({
      unary: {
        submitTask: (request: SubmitTaskRequest) => {
          requests.push(request);
          if (request.taskYaml.includes('quota')) throw grpcError(status.RESOURCE_EXHAUSTED, 'exceeded quota');
          const own = { field: 'cpus', description: 'line 1, column 6: resources.cpus: is bad; write 2' };
          if (request.taskYaml.includes('good')) return { ...ANSWER, taskId: '' };
          throw grpcError(status.INVALID_ARGUMENT, 'bad', { violations: [own, option] });
        },
      },
    });
    const file = (name: string, text: string): string => {
      const path = join(fixture.dir, name);
      writeFileSync(path, text);
      return path;
    };
    const files = [file('a.yaml', 'run: bad\n'), file('b.yaml', 'run: good\n'), file('c.yaml', 'run: worse\n')];
    const missing = join(fixture.dir, 'missing.yaml');
    const last = file('d.yaml', 'run: quota\n');
    const result = await fixture.cli(['jobs', 'submit', ...files, missing, last, '--gpus', 'x']);
    expect(result).to.include({ exitCode: 2, stdout: '' });
    const shown = (path: string, text: string): string[] => [
      `${path}:1:6: resources.cpus: is bad; write 2`,
      `    ${text}`,
      '         ^',
    ];
    expect(result.stderr.split('\n')).to.deep.equal([
      ...shown(files[0] ?? '', 'run: bad'),
      'k8s-cli: --gpus: "x" is no number; write 1',
      ...shown(files[2] ?? '', 'run: worse'),
      `${missing}: no such file; name one that is there, or - for stdin`,
      `${last}: exceeded quota`,
      'Nothing was created.',
      '',
    ]);
    expect(requests.map(({ validateOnly }) => validateOnly)).to.deep.equal([true, true, true, true]);
  });

  it('does not go on with other files when the server is at fault', async () => {
    let calls = 0;
    await fixture.serve({
      unary: {
        submitTask: () => {
          calls += 1;
          throw grpcError(status.INTERNAL, 'broken');
        },
      },
    });
    const file = fixture.taskFile();
    const { exitCode, stderr } = await fixture.cli(['jobs', 'submit', file, file]);
    expect({ exitCode, calls }).to.deep.equal({ exitCode: 1, calls: 1 });
    expect(stderr).to.contain('broken');
  });

  it('ends with 122 when the task was stopped', async () => {
    const stopped = task({
      status: 'stopped',
      state: TaskState.STOPPED,
      stop: { username: 'bob', reason: 'too slow' },
    });
    await fixture.serve({
      unary: { submitTask: () => ANSWER, getTask: () => stopped },
      stream: { streamTaskLogs: playLogs([[summary(stopped, [{ node: 0, incompleteReason: 'its pod is gone' }])]]) },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result.exitCode).to.equal(122);
    expect(result.stderr).to.equal(
      'the log is not complete: its pod is gone\nTask abc12345 stopped by bob: too slow\n',
    );
  });

  it('prints nothing but the id with --detach outside a terminal', async () => {
    await fixture.serve({ unary: { submitTask: () => ANSWER } });
    for (const flag of ['--detach', '-d']) {
      const result = await fixture.cli(['jobs', 'submit', fixture.taskFile(), flag]);
      expect(result).to.include({ exitCode: 0, stdout: 'abc12345\n', stderr: '' });
    }
  });

  it('says how to follow with --detach on a terminal', async () => {
    await fixture.serve({ unary: { submitTask: () => ANSWER } });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile(), '-d'], { terminal: true });
    expect(result).to.include({
      stdout: 'Task abc12345 submitted\n',
      stderr: 'Follow it with: k8s-cli jobs logs abc12345\n',
    });
  });

  it('keeps stdout for JSON with -o json: one document a line, the log on stderr', async () => {
    await fixture.serve({
      unary: { submitTask: () => ANSWER, getTask: () => task() },
      stream: { streamTaskLogs: playLogs([[lines(0, ['hello'], 't'), summary(FAILED)]]) },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile(), '-o', 'json']);
    const documents = result.stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(documents).to.have.length(2);
    expect(documents[0]).to.deep.equal({
      task_id: 'abc12345',
      status: 'submitted',
      message: 'Task submitted',
      warnings: [],
      objects: [],
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
    await fixture.serve({
      unary: {
        submitTask: () => {
          throw grpcError(status.INVALID_ARGUMENT, 'the task has 3 errors', { violations });
        },
      },
    });
    const file = fixture.taskFile();
    const result = await fixture.cli(['jobs', 'submit', file]);
    expect(result).to.include({ exitCode: 2, stdout: '' });
    expect(result.stderr.split('\n')).to.deep.equal([
      `${file}:2:1: num_node: unknown field; did you mean num_nodes?`,
      `${file}: run: is required`,
      `${file}: name: must not be empty`,
      '',
    ]);
  });

  it('shows the lines that errors are about, but none that may hold a secret', async () => {
    const violations = [
      { field: 'resources.cpus', description: 'line 2, column 19: resources.cpus: "lots" is not an amount of CPU' },
      { field: 'secrets.A', description: 'line 3, column 10: secrets.A: must be one value' },
    ];
    await fixture.serve({
      unary: {
        submitTask: () => {
          throw grpcError(status.INVALID_ARGUMENT, 'the task has 2 errors', { violations });
        },
      },
    });
    const file = fixture.taskFile('run: a\nresources: {cpus: lots}\nsecrets: {A: [hunter2]}\n');
    const result = await fixture.cli(['jobs', 'submit', file]);
    expect(result.stderr.split('\n')).to.deep.equal([
      `${file}:2:19: resources.cpus: "lots" is not an amount of CPU`,
      '    resources: {cpus: lots}',
      '                      ^',
      `${file}:3:10: secrets.A: must be one value`,
      '',
    ]);
  });

  describe('with something instead of what the file says', () => {
    const serveAndKeep = async (): Promise<SubmitTaskRequest[]> => {
      const requests: SubmitTaskRequest[] = [];
      await fixture.serve({
        unary: {
          submitTask: (request: SubmitTaskRequest) => {
            requests.push(request);
            return ANSWER;
          },
        },
      });
      return requests;
    };

    it('sends it', async () => {
      const requests = await serveAndKeep();
      const words =
        '--name other --num-nodes 3 --cpus 500m --memory 4Gi --gpus V100:2 --image busybox --strict -e A=1 --env B=x=y,z --env C= --secret T=s';
      const result = await fixture.cli(['jobs', 'submit', fixture.taskFile(), '-d', ...words.split(' ')]);
      expect(result.exitCode, result.stderr).to.equal(0);
      expect(requests[0]).to.deep.include({ strict: true, validateOnly: false });
      expect(requests[0]?.overrides).to.deep.equal({
        envs: { A: '1', B: 'x=y,z', C: '' },
        secrets: { T: 's' },
        name: 'other',
        numNodes: 3,
        cpus: '500m',
        memory: '4Gi',
        accelerators: 'V100:2',
        imageId: 'busybox',
      });
    });

    it('says nothing of what is not given', async () => {
      const requests = await serveAndKeep();
      await fixture.cli(['jobs', 'submit', fixture.taskFile(), '-d']);
      const nothing = { name: '', numNodes: undefined, cpus: '', memory: '', accelerators: '', imageId: '' };
      expect(requests[0]?.overrides).to.deep.equal({ envs: {}, secrets: {}, ...nothing });
    });

    it('takes variables from files, from its own environment and from its words, of which the last wins', async () => {
      const requests = await serveAndKeep();
      writeFileSync(join(fixture.dir, 'a.env'), 'A=file\nB=file\nC=file\n');
      writeFileSync(join(fixture.dir, 'b.env'), 'B=second\nC=second\n');
      writeFileSync(join(fixture.dir, 'secret.env'), 'TOKEN=hunter2\n');
      const at = (name: string): string => join(fixture.dir, name);
      const files = ['--env-file', at('a.env'), '--env-file', at('b.env'), '--secret-file', at('secret.env')];
      const words = ['--env', 'C', '--env', 'D=word', '--secret', 'KEY'];
      await fixture.cli(['jobs', 'submit', fixture.taskFile(), '-d', ...words, ...files], {
        env: { C: 'here', KEY: 'mine' },
      });
      expect(requests[0]?.overrides).to.deep.include({
        envs: { A: 'file', B: 'second', C: 'here', D: 'word' },
        secrets: { TOKEN: 'hunter2', KEY: 'mine' },
      });
    });

    it('refuses what is no variable, is not set or is not there, before the server is asked', async () => {
      await fixture.serve({});
      const cases: readonly (readonly [words: string, said: RegExp])[] = [
        ['--env NONE', /^k8s-cli: --env NONE: is not set in your environment; write --env NONE=value\n$/],
        ['--secret 1x=hunter2', /^k8s-cli: --secret takes NAME=value or NAME; [^\n]*\n$/],
        ['--env-file none.env', /none\.env: no such file/],
        ['--num-nodes two', /--num-nodes must be a whole number from 1 to 1000, not "two"/],
        ['--num-nodes 0', /--num-nodes must be a whole number from 1 to 1000, not "0"/],
        ['--num-nodes 1001', /--num-nodes must be a whole number from 1 to 1000, not "1001"/],
        ['--env', /--env needs a value/],
        ['--cpus 1 --cpus 2', /--cpus is given more than once/],
        ['--env-file - --secret-file -', /only one file can be - \(stdin\)/],
      ];
      for (const [words, said] of cases) {
        const result = await fixture.cli(['jobs', 'submit', fixture.taskFile(), ...words.split(' ')]);
        expect(result).to.include({ exitCode: 2, stdout: '' });
        expect(result.stderr).to.match(said).and.not.contain('hunter2');
      }
      expect(fixture.server.connections()).to.equal(0);
    });
  });

  it('reads the task from stdin for -', async () => {
    const requests: SubmitTaskRequest[] = [];
    await fixture.serve({
      unary: {
        submitTask: (request: SubmitTaskRequest) => {
          requests.push(request);
          throw grpcError(status.INVALID_ARGUMENT, 'bad', {
            violations: [{ field: 'run', description: 'line 1, column 6: run: is empty' }],
          });
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', '-'], { input: 'run: ""\n', inputEnds: true });
    expect(requests[0]?.taskYaml).to.equal('run: ""\n');
    expect(result.stderr).to.equal('stdin:1:6: run: is empty\n    run: ""\n         ^\n');
  });

  it('gives up reading stdin at Ctrl+C', async () => {
    await fixture.serve({});
    const abort = new AbortController();
    const result = fixture.cli(['jobs', 'submit', '-'], { input: 'run:', signal: abort.signal });
    abort.abort();
    expect(await result).to.include({ exitCode: 130, stdout: '' });
  });

  describe('--dry-run', () => {
    const OBJECTS = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'task-abc12345' }, data: { nodes: '1', answer: 'yes' } },
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a-abc12345' } },
    ];
    const requests: SubmitTaskRequest[] = [];
    beforeEach(() =>
      fixture.serve({
        unary: {
          submitTask: (request: SubmitTaskRequest) => {
            requests.push(request);
            const message = 'The task is valid';
            return {
              ...ANSWER,
              taskId: '',
              status: 'valid',
              message,
              warnings: ['line 1, column 1: x'],
              objects: OBJECTS,
            };
          },
        },
      }),
    );
    const dryRun = (...words: string[]): Promise<CliResult> =>
      fixture.cli(['jobs', 'submit', fixture.taskFile(), '--dry-run', ...words]);

    it('has the server check the task and names the objects that would be created', async () => {
      const result = await dryRun();
      const file = join(fixture.dir, 'task.yaml');
      expect(result).to.include({
        exitCode: 0,
        stdout: 'KIND\tNAME\nConfigMap\ttask-abc12345\nJob\ta-abc12345\n',
        stderr: `warning: ${file}:1:1: x\n${file}: The task is valid\nNothing was created.\n`,
      });
      expect(requests.at(-1)).to.include({ validateOnly: true });
    });

    it('shows them in full as JSON and YAML, and by name', async () => {
      expect(JSON.parse((await dryRun('-o', 'json')).stdout)).to.deep.equal({
        apiVersion: 'v1',
        kind: 'List',
        items: OBJECTS,
      });
      const { stdout } = await dryRun('-o', 'yaml');
      // kubectl reads YAML 1.1, to which yes is a truth value.
      for (const version of ['1.1', '1.2'] as const) {
        const documents = parseAllDocuments(stdout, { version });
        expect(documents.map((document): unknown => document.toJS())).to.deep.equal(OBJECTS);
      }
      expect((await dryRun('-o', 'name')).stdout).to.equal('configmap/task-abc12345\njob/a-abc12345\n');
    });
  });

  it('goes on behind a cut connection, without losing or repeating a line', async () => {
    await fixture.serve({
      unary: { submitTask: () => ANSWER, getTask: () => task() },
      stream: {
        streamTaskLogs: playLogs([[lines(0, ['1', '2'], 'a#cut')], [lines(0, ['3'], 'b'), summary(task())]]),
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result).to.include({ exitCode: 0, stdout: 'Task abc12345 submitted\n1\n2\n3\n' });
    expect(result.stderr).to.equal('Task abc12345 completed\n');
  });

  it('says so when the first try behind a cut connection fails, too', async () => {
    const play = playLogs([[lines(0, ['1', '2'], 'a#cut')], [lines(0, ['3'], 'b'), summary(task())]]);
    let calls = 0;
    await fixture.serve({
      unary: { submitTask: () => ANSWER, getTask: () => task() },
      stream: {
        streamTaskLogs: (call) => {
          if (++calls === 2) throw grpcError(status.UNAVAILABLE, 'draining');
          return play(call);
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result).to.include({ exitCode: 0, stdout: 'Task abc12345 submitted\n1\n2\n3\n' });
    expect(result.stderr).to.match(
      /^k8s-cli: connection lost \(draining\); going on as soon as the server at \S+ is back, Ctrl\+C gives up\nTask abc12345 completed\n$/,
    );
  });

  it('stops following at Ctrl+C, leaves the task alone and says how to come back', async () => {
    const abort = new AbortController();
    let stops = 0;
    await fixture.serve({
      unary: { submitTask: () => ANSWER, getTask: () => task(), stopTask: () => stops++ },
      stream: {
        streamTaskLogs: (call) => {
          call.write(lines(0, ['hello'], 't'));
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()], {
      signal: abort.signal,
      onStdout: (piece) => piece.includes('hello') && abort.abort(),
    });
    expect(result).to.include({ exitCode: 130, stdout: 'Task abc12345 submitted\nhello\n' });
    expect(result.stderr).to.equal('Stopped following, the task goes on. To come back: k8s-cli jobs logs abc12345\n');
    expect(stops).to.equal(0);
  });

  it('says that the outcome is not known when the connection breaks before the answer', async () => {
    await fixture.serve({
      unary: {
        submitTask: () => {
          throw grpcError(status.UNAVAILABLE, 'Connection dropped');
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result).to.include({ exitCode: 125, stdout: '' });
    expect(result.stderr).to.match(
      /was lost \(Connection dropped\); it is not known whether the task was submitted: see k8s-cli jobs list\n$/,
    );
  });

  it('says once that the cluster cannot be reached while it tries again, and what is sure at the end', async () => {
    const away = { reason: 'CLUSTER_UNAVAILABLE', metadata: { begun: 'false' } };
    await fixture.serve({
      unary: {
        submitTask: () => {
          throw grpcError(status.UNAVAILABLE, 'cannot reach the cluster', away);
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result).to.include({ exitCode: 1, stdout: '' });
    expect(result.stderr.split('\n')).to.deep.equal([
      'k8s-cli: cannot reach the cluster; trying again, Ctrl+C gives up',
      `k8s-cli: the server at ${fixture.server.url} cannot serve this now: cannot reach the cluster; nothing was done, try again`,
      '',
    ]);
  });

  it('ends with 125 and says how to come back when the server is lost after the submission', async () => {
    await fixture.serve({
      unary: {
        submitTask: () => ANSWER,
        getTask: () => {
          throw grpcError(status.UNAVAILABLE, 'draining');
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()]);
    expect(result).to.include({ exitCode: 125, stdout: 'Task abc12345 submitted\n' });
    expect(result.stderr).to.match(
      /lost the server at .* \(draining\); .* come back with k8s-cli jobs logs abc12345\n$/,
    );
  });

  it('says that the outcome is not known when Ctrl+C comes before the answer', async () => {
    const abort = new AbortController();
    await fixture.serve({
      unary: {
        submitTask: () => {
          abort.abort();
          return new Promise(() => {});
        },
      },
    });
    const result = await fixture.cli(['jobs', 'submit', fixture.taskFile()], { signal: abort.signal });
    expect(result).to.include({ exitCode: 130, stdout: '' });
    expect(result.stderr).to.equal(
      'k8s-cli: interrupted; it is not known whether the task was submitted: see k8s-cli jobs list\n',
    );
  });

  it('refuses files that cannot be sent, before the server is asked', async () => {
    await fixture.serve({});
    mkdirSync(join(fixture.dir, 'folder'));
    writeFileSync(join(fixture.dir, 'latin1.yaml'), Buffer.from([0x72, 0xfc]));
    writeFileSync(join(fixture.dir, 'big.yaml'), 'x'.repeat(1024 * 1024 + 1));
    const cases: readonly (readonly [file: string, words: RegExp])[] = [
      ['missing.yaml', /missing\.yaml: no such file/],
      ['folder', /folder: is a directory/],
      ['latin1.yaml', /latin1\.yaml: is not UTF-8/],
      ['big.yaml', /big\.yaml: is larger than 1048576 bytes/],
    ];
    for (const [file, words] of cases) {
      const result = await fixture.cli(['jobs', 'submit', join(fixture.dir, file)]);
      expect(result).to.include({ exitCode: 2, stdout: '' });
      expect(result.stderr)
        .to.match(words)
        .and.to.match(/^k8s-cli: [^\n]+\n$/);
    }
    expect(fixture.server.connections()).to.equal(0);
  });
});
