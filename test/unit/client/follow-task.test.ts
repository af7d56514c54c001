import { mock } from 'node:test';
import { expect } from 'chai';
import { createClient } from '../../../client/client.js';
import { ClientError, type GrpcCode } from '../../../client/errors.js';
import type { Reconnect } from '../../../client/follow-logs.js';
import { followTask } from '../../../client/follow-task.js';
import { TaskState, type TaskStatus } from '../../../gen/k8scli/v1/task.js';
import { startScriptedServer, task } from './support/scripted-server.js';

const RUNNING = task({ state: TaskState.RUNNING, finishedAt: undefined });
const COMPLETED = task({ state: TaskState.COMPLETED, finishedAt: { seconds: 1_700_000_060n, nanos: 0 } });
const HOUR_MS = 60 * 60_000;

/** A connection: what it brings, how long it lives, and how it breaks. */
interface Connection {
  readonly tasks: readonly TaskStatus[];
  readonly ms?: number;
  readonly error?: ClientError;
}

function lost(code: GrpcCode, message: string): ClientError {
  return new ClientError(message, { code });
}

describe('followTask', () => {
  let nowMs = 0;

  beforeEach(() => {
    nowMs = 0;
    mock.method(performance, 'now', () => nowMs);
  });

  afterEach(() => mock.restoreAll());

  /** Follows a task over these connections, the last of them again and again. */
  async function follow(
    ...connections: Connection[]
  ): Promise<{ states: TaskState[]; opened: number; error: unknown }> {
    let opened = 0;
    async function* open(): AsyncGenerator<TaskStatus, void, undefined> {
      const { tasks, ms = 0, error } = connections[Math.min(opened, connections.length - 1)] ?? { tasks: [] };
      opened += 1;
      yield* tasks;
      nowMs += ms;
      if (error) throw error;
    }
    const states: TaskState[] = [];
    try {
      for await (const { state } of followTask(open, undefined)) states.push(state);
    } catch (error) {
      return { states, opened, error };
    }
    return { states, opened, error: undefined };
  }

  const losses: readonly ClientError[] = [
    lost('UNAVAILABLE', 'the server is stopping'),
    lost('INTERNAL', 'Received RST_STREAM with code 2 (Internal server error)'),
    lost('CANCELLED', 'Call cancelled'),
  ];
  for (const error of losses) {
    it(`goes on when a connection that was quiet for an hour ends with ${error.code}`, async () => {
      const end = await follow({ tasks: [RUNNING], ms: HOUR_MS, error }, { tasks: [COMPLETED] });
      expect(end).to.deep.equal({ states: [TaskState.RUNNING, TaskState.COMPLETED], opened: 2, error: undefined });
    });
  }

  it('says before each try how many there were since something was received, and what was lost', async () => {
    const tries: string[] = [];
    const refused = lost('UNAVAILABLE', 'refused');
    const connections: Connection[] = [
      { tasks: [RUNNING], error: refused },
      { tasks: [], error: refused },
      { tasks: [RUNNING] },
    ];
    async function* open(): AsyncGenerator<TaskStatus, void, undefined> {
      const { tasks, error } = connections.shift() ?? { tasks: [COMPLETED] };
      yield* tasks;
      if (error) throw error;
    }
    const onReconnect = ({ attempt, error }: Reconnect): void => void tries.push(`${attempt} ${error.message}`);
    for await (const { state } of followTask(open, undefined, onReconnect)) expect(state).to.be.a('number');
    expect(tries).to.deep.equal(['1 refused', '2 refused', '1 the connection ended before the task did']);
  });

  it('gives up when there was no connection for five minutes', async () => {
    const refused = lost('UNAVAILABLE', 'connection refused');
    const end = await follow(
      { tasks: [RUNNING], ms: HOUR_MS, error: refused },
      { tasks: [], ms: 2 * 60_000, error: refused },
    );
    expect(end).to.deep.equal({ states: [TaskState.RUNNING], opened: 4, error: refused });
  });

  it('passes on at once what the server refuses', async () => {
    const refused = lost('NOT_FOUND', 'there is no task abc12345');
    expect(await follow({ tasks: [], error: refused })).to.deep.equal({ states: [], opened: 1, error: refused });
  });

  it('ends when the client is closed', async () => {
    const server = await startScriptedServer({ stream: { watchTask: (call) => void call.write(RUNNING) } });
    const client = createClient({ url: server.url, user: 'alice' });
    let error: unknown;
    try {
      for await (const { state } of client.followTask('abc12345')) {
        expect(state).to.equal(TaskState.RUNNING);
        client.close();
      }
    } catch (thrown) {
      error = thrown;
    }
    await server.close();
    expect(error).to.include({ code: 'CANCELLED' });
  });
});
