import { expect } from 'chai';
import { createClient, type TaskStatus } from '../../client/index.js';
import { uniqueName, useHouse } from '../support/house.js';
import type { TaskJson } from '../support/task-json.js';

/** A line of the stream over REST. */
interface Line {
  readonly result: {
    readonly task: TaskJson | null;
    readonly removed: { readonly task_id: string; readonly deleted: boolean } | null;
    readonly synced: boolean;
  };
}

const FOREVER = { run: 'echo begun; sleep 600' };

describe('WatchTasks', () => {
  const house = useHouse();
  const going = new AbortController();

  after(() => going.abort());

  /** The messages of a REST stream, one after the other. */
  const watch = async (user: string, query = '', headers: Record<string, string> = {}) => {
    const { status, lines } = await house.restStream(`/tasks/watch${query}`, { user, signal: going.signal, headers });
    expect(status).to.equal(200);
    const reader = lines[Symbol.asyncIterator]();
    const next = async (): Promise<Line['result']> => {
      for (;;) {
        const { value, done } = await reader.next();
        if (done) throw new Error('the stream has ended');
        const text = value.replace(/^data: /, '');
        if (text.startsWith('{')) return (JSON.parse(text) as Line).result;
      }
    };
    const until = async (fits: (message: Line['result']) => boolean): Promise<Line['result']> => {
      for (;;) {
        const message = await next();
        if (fits(message)) return message;
      }
    };
    return { next, until };
  };

  it('over REST: what there is, that this is all, and then what comes, changes and goes', async () => {
    const user = uniqueName('watcher');
    const { task_id: first } = await house.submit(FOREVER, { user });
    await house.until(first, 'running', user);
    await house.submit(FOREVER, { user: uniqueName('stranger') });
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const { next } = await watch(user, '', headers);
      expect((await next()).task).to.include({ task_id: first, status: 'running' });
      expect(await next()).to.deep.equal({ task: null, removed: null, synced: true, cluster: null });
    }
    const { until } = await watch(user);
    await until(({ synced }) => synced);
    const { task_id: second } = await house.submit({ run: 'exit 3' }, { user });
    const { task } = await until((message) => message.task?.task_id === second && message.task.finished_at !== null);
    expect(task).to.include({ status: 'failed' });
    await house.cli(['jobs', 'delete', first, '--force'], { user });
    const { removed } = await until((message) => message.removed !== null);
    expect(removed).to.deep.equal({ task_id: first, deleted: true });
  });

  it('over REST: of one status, with who leaves it', async () => {
    const user = uniqueName('watcher');
    const { until } = await watch('somebody', `?all_users=true&status=running&name=${user}`);
    await until(({ synced }) => synced);
    const { task_id: id } = await house.submit({ ...FOREVER, name: user }, { user });
    const { task } = await until((message) => message.task !== null);
    expect(task).to.include({ task_id: id, status: 'running', username: user });
    await house.cli(['jobs', 'stop', id], { user });
    const { removed } = await until((message) => message.removed !== null);
    expect(removed).to.deep.equal({ task_id: id, deleted: false });
    const refused = await house.rest('GET', '/tasks/watch?status=done');
    expect(refused.status, refused.text).to.equal(400);
  });

  it('over gRPC: begins anew at another server, with what has changed meanwhile', async () => {
    const user = uniqueName('watcher');
    const { task_id: id } = await house.submit(FOREVER, { user });
    await house.until(id, 'running', user);
    const picture = async (url: string): Promise<TaskStatus[]> => {
      const client = createClient({ url, user });
      const tasks: TaskStatus[] = [];
      for await (const { task, synced } of client.watchTasks({})) {
        if (task) tasks.push(task);
        if (synced) break;
      }
      client.close();
      return tasks;
    };
    expect((await picture(house.server.url)).map(({ status }) => status)).to.deep.equal(['running']);
    await house.cli(['jobs', 'stop', id], { user });
    await house.until(id, 'stopped', user);
    const other = await house.anotherServer();
    expect((await picture(other.url)).map(({ taskId, status }) => [taskId, status])).to.deep.equal([[id, 'stopped']]);
  });
});
