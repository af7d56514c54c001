import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { type Client, type ClientConfig, createClient } from '../../../client/client.js';
import { ClientError } from '../../../client/errors.js';
import type { SubmitTaskRequest } from '../../../gen/k8scli/v1/task_service.js';
import {
  grpcError,
  lines,
  type ScriptedServer,
  startScriptedServer,
  type StreamScript,
  task,
  type UnaryScript,
} from './support/scripted-server.js';

const FAST = { attempts: 4, baseMs: 5, maxMs: 20 };

async function failure(call: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ClientError) return error;
  throw new Error(`expected a ClientError, got ${String(error)}`);
}

describe('createClient', () => {
  let server: ScriptedServer;
  let client: Client;

  async function connect(
    scripts: { unary?: Record<string, UnaryScript>; stream?: Record<string, StreamScript> },
    config: Partial<ClientConfig> = {},
  ): Promise<void> {
    server = await startScriptedServer(scripts);
    client = createClient({ url: server.url, user: 'alice', retry: FAST, ...config });
  }

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('sends the user with each call, over one connection', async () => {
    const users: unknown[] = [];
    await connect({
      unary: {
        getTask: (_request, call) => {
          users.push(...call.metadata.get('x-user'));
          return task();
        },
        getServiceInfo: () => ({ status: 'ok', service: 'k8s-cli-api', version: '1.0.0' }),
        listVolumes: () => ({ volumes: [], nextPageToken: '' }),
      },
    });
    const answers = await Promise.all([client.getTask('abc12345'), client.getTask('abc12345')]);
    expect(answers.map(({ taskId }) => taskId)).to.deep.equal(['abc12345', 'abc12345']);
    expect(await client.getServiceInfo()).to.include({ version: '1.0.0' });
    expect((await client.listVolumes({})).volumes).to.deep.equal([]);
    expect(users).to.deep.equal(['alice', 'alice']);
    expect(server.connections()).to.equal(1);
  });

  it('repeats a submission that found the server unavailable, with the same request id', async () => {
    const ids: string[] = [];
    await connect({
      unary: {
        submitTask: (request: SubmitTaskRequest) => {
          ids.push(request.requestId);
          if (ids.length < 3) throw grpcError(status.UNAVAILABLE, 'draining');
          return { taskId: 'abc12345', status: 'submitted', message: '', warnings: [], objects: [] };
        },
      },
    });
    expect((await client.submitTask({ taskYaml: 'run: date' })).taskId).to.equal('abc12345');
    expect(ids).to.have.length(3);
    expect(new Set(ids)).to.have.property('size', 1);
    expect(ids[0]).to.match(/^[0-9a-f-]{36}$/);
  });

  it('tells once that a call has no answer yet', async () => {
    const told: unknown[] = [];
    let tell = (): void => {};
    const waited = new Promise<void>((resolve) => (tell = resolve));
    const onWait = (error: unknown): void => {
      told.push(error);
      tell();
    };
    await connect({ unary: { getTask: () => waited.then(() => task()) } }, { slowMs: 1, onWait });
    expect(await client.getTask('abc12345')).to.include({ taskId: 'abc12345' });
    expect(told).to.deep.equal([undefined]);
  });

  it('gives up after the last try, with what the server said', async () => {
    let calls = 0;
    await connect({
      unary: {
        getTask: () => {
          calls++;
          throw grpcError(status.UNAVAILABLE, 'the cluster cannot be reached');
        },
      },
    });
    const error = await failure(client.getTask('abc12345'));
    expect(error).to.include({ code: 'UNAVAILABLE', message: 'the cluster cannot be reached', unreachable: undefined });
    expect(calls).to.equal(4);
  });

  it('says that the tasks that it counts are not those that earlier tries of the same call have stopped', async () => {
    let calls = 0;
    const stopTasks = () => {
      calls++;
      if (calls === 1) throw grpcError(status.UNAVAILABLE, '1 task could not be stopped, 7 could');
      return { count: 1, status: 'stopped', message: 'Stopped 1 task' };
    };
    await connect({ unary: { stopTasks } });
    const { message } = await client.stopTasks({ allUsers: false });
    expect(message).to.equal('Stopped 1 task, besides those that earlier tries may have stopped');
    expect(await client.stopTasks({ allUsers: false })).to.include({ message: 'Stopped 1 task' });
  });

  for (const [what, remove] of [
    ['task', () => client.deleteTask('abc12345')],
    ['volume', () => client.deleteVolume('abc12345')],
  ] as const) {
    it(`deletes a ${what} over a lost answer: not to find it any more is what was asked for`, async () => {
      let calls = 0;
      const script = (): never => {
        calls++;
        throw grpcError(calls === 1 ? status.UNAVAILABLE : status.NOT_FOUND, 'cut or gone');
      };
      await connect({ unary: { deleteTask: script, deleteVolume: script } });
      expect(await remove()).to.include({ status: 'deleted' });
      expect(calls).to.equal(2);
    });
  }

  it('repeats createVolume as the same request', async () => {
    const ids: string[] = [];
    await connect({
      unary: {
        createVolume: ({ requestId }: { requestId: string }) => {
          ids.push(requestId);
          if (ids.length < 2) throw grpcError(status.UNAVAILABLE, 'gone');
          return { volumeId: 'vol00001', warnings: [] };
        },
      },
    });
    expect((await client.createVolume({ name: 'a', size: '1Gi' })).volumeId).to.equal('vol00001');
    expect(ids[0]).to.match(/^[0-9a-f-]{36}$/);
    expect(ids[1]).to.equal(ids[0]);
  });

  it('does not repeat what was refused, and decodes the details', async () => {
    let calls = 0;
    const violations = [{ field: 'num_nodes', description: 'line 2, column 1: num_nodes: must be at least 1' }];
    await connect({
      unary: {
        submitTask: () => {
          calls++;
          throw grpcError(status.INVALID_ARGUMENT, 'bad task', { violations, reason: 'TASK_INVALID' });
        },
      },
    });
    const error = await failure(client.submitTask({ taskYaml: '' }));
    expect(calls).to.equal(1);
    expect(error).to.include({ code: 'INVALID_ARGUMENT', message: 'bad task', reason: 'TASK_INVALID' });
    expect(error.violations).to.deep.equal(violations);
    expect(error.metadata).to.deep.equal({ task_id: 'abc12345' });
    expect(error.details.map(({ type }) => type)).to.deep.equal(['google.rpc.ErrorInfo', 'google.rpc.BadRequest']);
  });

  it('ends a call at its deadline, repetitions included', async () => {
    await connect({ unary: { getTask: () => new Promise(() => {}) } });
    expect(await failure(client.getTask('abc12345', { timeoutMs: 50 }))).to.include({ code: 'DEADLINE_EXCEEDED' });
  });

  it('cancels a call under way when its signal is aborted', async () => {
    const abort = new AbortController();
    let cancelled: Promise<unknown> | undefined;
    await connect({
      unary: {
        getTask: (_request, call) => {
          cancelled = once(call, 'cancelled');
          abort.abort();
          return new Promise(() => {});
        },
      },
    });
    expect(await failure(client.getTask('abc12345', { signal: abort.signal }))).to.include({ code: 'CANCELLED' });
    await cancelled;
  });

  it('makes no call when the signal is already aborted', async () => {
    await connect({});
    expect(await failure(client.getTask('abc12345', { signal: AbortSignal.abort() }))).to.include({
      code: 'CANCELLED',
    });
    expect(server.connections()).to.equal(0);
  });

  it('says why a server cannot be reached', async () => {
    await connect({});
    await server.close();
    const error = await failure(client.getTask('abc12345'));
    expect(error).to.include({ code: 'UNAVAILABLE', unreachable: 'connection refused' });
  });

  it('takes messages far beyond the usual limit of 4 MiB', async () => {
    const name = 'x'.repeat(20 * 1024 * 1024);
    await connect({ unary: { getTask: () => task({ name }) } });
    expect((await client.getTask('abc12345')).name).to.have.length(name.length);
  });

  it('lets a slow reader hold up the server', async () => {
    let written = 0;
    const text = 'x'.repeat(64 * 1024);
    let blocked!: () => void;
    const serverWaits = new Promise<void>((resolve) => {
      blocked = resolve;
    });
    await connect({
      stream: {
        streamTaskLogs: async (call) => {
          for (; written < 2_000; written++) {
            if (call.write(lines(0, [text], `t${written}`))) continue;
            blocked();
            await once(call, 'drain');
          }
          call.end();
        },
      },
    });
    let read = 0;
    let writtenBeforeRead = 0;
    for await (const message of client.streamTaskLogs({ taskId: 'abc12345' })) {
      if (read === 0) {
        await serverWaits;
        // Without back-pressure the server would be able to write on while nobody reads.
        for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
        writtenBeforeRead = written;
      }
      read += message.entries.length;
    }
    expect(writtenBeforeRead).to.be.lessThan(1_000);
    expect(read).to.equal(2_000);
  });

  it('passes on all messages of a stream before its failure', async () => {
    await connect({
      stream: {
        watchTask: (call) => {
          for (const name of ['a', 'b', 'c']) call.write(task({ name }));
          throw grpcError(status.UNAVAILABLE, 'draining');
        },
      },
    });
    const names: string[] = [];
    const error = await failure(
      (async () => {
        for await (const { name } of client.watchTask('abc12345')) names.push(name);
      })(),
    );
    expect(names).to.deep.equal(['a', 'b', 'c']);
    expect(error).to.include({ code: 'UNAVAILABLE', message: 'draining' });
  });

  it('cancels a stream whose reader leaves', async () => {
    let cancelled: Promise<unknown> | undefined;
    await connect({
      stream: {
        watchTask: (call) => {
          cancelled = once(call, 'cancelled');
          call.write(task());
        },
      },
    });
    for await (const { taskId } of client.watchTask('abc12345')) {
      expect(taskId).to.equal('abc12345');
      break;
    }
    await cancelled;
  });
});
