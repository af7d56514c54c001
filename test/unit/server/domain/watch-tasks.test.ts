import { expect } from 'chai';
import type { TaskRecord, TaskView } from '../../../../server/domain/task.js';
import { type TasksEvent, type WatchFilter, watchTasks } from '../../../../server/domain/watch-tasks.js';
import { failureOf } from '../../../support/server/failure.js';
import { settle } from '../../../support/server/fake-clock.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { endedNode, runningNode, T0, view, waitingNode } from '../../../support/server/views.js';

const ALL_OWN: WatchFilter = { allUsers: false, status: '', name: '' };

describe('watchTasks', () => {
  let domain: FakeDomain;
  let going: AbortController;

  beforeEach(() => {
    domain = new FakeDomain();
    going = new AbortController();
  });

  const open = (filter: Partial<WatchFilter> = {}): AsyncGenerator<TasksEvent, void, undefined> =>
    watchTasks(domain, 'ann', { ...ALL_OWN, ...filter }, going.signal);

  /** Reads as fast as it can. */
  function read(filter: Partial<WatchFilter> = {}): { seen: string[]; done: Promise<void> } {
    const seen: string[] = [];
    const run = async (): Promise<void> => {
      for await (const event of open(filter)) seen.push(wordOf(event));
    };
    return { seen, done: run() };
  }

  it('tells all tasks, newest first, that this is all, and then what changes, comes and goes', async () => {
    domain.show(task('old', waitingNode(0)));
    domain.show(task('new', runningNode(0), { createdAtMs: T0 + 1 }));
    const { seen, done } = read();
    await settle();
    expect(seen.splice(0)).to.deep.equal(['new running', 'old pending', 'synced']);
    domain.show(task('old', runningNode(0)));
    domain.show(task('newest', waitingNode(0)));
    await settle();
    domain.show(task('old', runningNode(0)));
    domain.forget('new');
    await settle();
    expect(seen).to.deep.equal(['old running', 'newest pending', 'new deleted']);
    going.abort();
    await done;
    expect(domain.anyListeners.size).to.equal(0);
  });

  it('tells of nothing but what fits', async () => {
    domain.show(task('theirs', runningNode(0), { user: 'ben', name: 'train' }));
    domain.show(task('other', runningNode(0), { name: 'other' }));
    domain.show(task('mine', runningNode(0), { name: 'train' }));
    const own = read({ name: 'train' });
    const all = read({ allUsers: true, name: 'train' });
    await settle();
    domain.show(task('theirs', endedNode(0, 0), { user: 'ben', name: 'train' }));
    domain.forget('other');
    await settle();
    expect(own.seen).to.deep.equal(['mine running', 'synced']);
    expect(all.seen.toSorted()).to.deep.equal(['mine running', 'synced', 'theirs completed', 'theirs running']);
    going.abort();
    await Promise.all([own.done, all.done]);
  });

  it('tells when an outage of the cluster begins and ends, and first of all that there is one', async () => {
    domain.show(task('a', runningNode(0)));
    const early = read();
    await settle();
    domain.lose({ sinceMs: T0, message: 'connection refused' });
    await settle();
    const late = read();
    await settle();
    domain.lose(undefined);
    await settle();
    expect(early.seen).to.deep.equal(['a running', 'synced', 'away: connection refused', 'back']);
    expect(late.seen).to.deep.equal(['away: connection refused', 'a running', 'synced', 'back']);
    going.abort();
    await Promise.all([early.done, late.done]);
  });

  it('says when a task has another status than was asked for, and when it has it again', async () => {
    domain.show(task('a', runningNode(0)));
    const { seen, done } = read({ status: 'running' });
    await settle();
    domain.show(task('a', waitingNode(0)));
    await settle();
    domain.show(task('a', runningNode(0)));
    await settle();
    domain.show(task('a', endedNode(0, 0)));
    await settle();
    domain.forget('a');
    await settle();
    expect(seen).to.deep.equal(['a running', 'synced', 'a unfit', 'a running', 'a unfit']);
    going.abort();
    await done;
  });

  it('gives a slow reader the newest state of each task once, and nothing of those that came and went', async () => {
    domain.show(task('a', waitingNode(0)));
    const events = open();
    expect(await next(events)).to.equal('a pending');
    domain.show(task('a', runningNode(0)));
    for (let at = 0; at < 100; at += 1) {
      domain.show(task(`passing-${at}`, runningNode(0)));
      domain.forget(`passing-${at}`);
    }
    domain.show(task('b', runningNode(0)));
    domain.show(task('a', endedNode(0, 0)));
    expect([await next(events), await next(events), await next(events)]).to.deep.equal([
      'synced',
      'a completed',
      'b running',
    ]);
    const further = next(events);
    await settle();
    going.abort();
    expect(await further).to.equal(undefined);
  });

  it('refuses a status that there is not', async () => {
    expect((await failureOf(() => open({ status: 'done' }).next())).reason).to.equal('INVALID_ARGUMENT');
    expect(domain.anyListeners.size).to.equal(0);
  });
});

function task(id: string, node: TaskView['nodes'][number], over: Partial<TaskRecord> = {}): TaskView {
  return view([node], { id, user: 'ann', ...over });
}

async function next(events: AsyncIterator<TasksEvent, void>): Promise<string | undefined> {
  const { value } = await events.next();
  return value ? wordOf(value) : undefined;
}

function wordOf(event: TasksEvent): string {
  if (event.kind === 'task') return `${event.task.record.id} ${event.task.status}`;
  if (event.kind === 'removed') return `${event.taskId} ${event.deleted ? 'deleted' : 'unfit'}`;
  if (event.kind === 'cluster') return event.outage ? `away: ${event.outage.message}` : 'back';
  return event.kind;
}
