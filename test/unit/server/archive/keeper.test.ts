import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Archive } from '../../../../server/archive/archive.js';
import { LogKeeper } from '../../../../server/archive/keeper.js';
import type { LogEvent, LogOptions, PodIdentity } from '../../../../server/domain/ports.js';
import type { PodView, TaskView } from '../../../../server/domain/task.js';
import { eventually as eventuallyHolds } from '../../../support/eventually.js';
import { eventually } from '../../../support/server/eventually.js';
import { FakeLog } from '../../../support/server/fake-domain.js';
import { endedNode, node, pod, RUNNING, runningNode, terminated, view } from '../../../support/server/views.js';

/** How long a hold waits for the first line. */
const HOLD_MS = 300;
const { record: RECORD } = view([]);
const ALL: LogOptions = { follow: false, tail: undefined, sinceMs: undefined, position: undefined };

function line(text: string): LogEvent {
  const pieces = [{ timeNs: 1n, bytes: Buffer.from(text), partial: false, newline: true }];
  return { kind: 'lines', pieces, position: { pod: 'pod-0', timeNs: 1n, count: 1, bytes: 0 } };
}

describe('the keeper of logs', () => {
  let directory: string;
  let archive: Archive;
  const keepers: LogKeeper[] = [];
  const started: Promise<void>[] = [];
  let tasks: Map<string, TaskView>;
  let listeners: ((taskId: string) => void)[];
  let logs: Map<string, FakeLog>;
  let said: string[];
  /** When the first line of each pod's log was written, as the cluster tells. */
  let firstLines: Map<string, bigint>;
  /** How many times each pod's log was opened. */
  let opened: string[];
  /** Resolves when the patience of a hold is over; never, unless a test says so. */
  let patience: Promise<void>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keeper-test-'));
    archive = new Archive(directory, Date.now);
    [tasks, listeners, logs, said, opened] = [new Map(), [], new Map(), [], []];
    firstLines = new Map();
    patience = new Promise(() => {});
  });
  afterEach(async () => {
    for (const log of logs.values()) log.end();
    await Promise.all([...started.splice(0), ...keepers.splice(0).map((keeper) => keeper.stop())]);
    await rm(directory, { recursive: true, force: true });
  });

  function keeper(read?: (identity: PodIdentity) => AsyncIterable<LogEvent>): LogKeeper {
    const made = new LogKeeper({
      archive,
      logs: {
        read: (identity, options, signal) => {
          opened.push(identity.uid);
          return read?.(identity) ?? logOf(identity.uid).read(options, signal);
        },
      },
      tasks: {
        peek: (id) => tasks.get(id),
        ids: () => [...tasks.keys()],
        onAnyChange: (listener) => listeners.push(listener),
      },
      firstLines: { timeOf: async ({ uid }) => firstLines.get(uid) },
      // Time passes at once, but for the patience of a hold.
      wait: async (ms, signal) => {
        await new Promise(setImmediate);
        if (ms === HOLD_MS) await Promise.race([patience, once(signal, 'abort')]);
        return !signal.aborted;
      },
      log: (message) => said.push(message),
    });
    keepers.push(made);
    started.push(made.start());
    return made;
  }

  function logOf(uid: string): FakeLog {
    const log = logs.get(uid) ?? new FakeLog();
    logs.set(uid, log);
    return log;
  }

  function show(shown: TaskView): void {
    tasks.set(shown.record.id, shown);
    for (const listener of listeners) listener(shown.record.id);
  }

  async function textOf(shown: TaskView, uid: string): Promise<string> {
    let text = '';
    for await (const event of archive.read(shown.record, 0, uid, ALL)) {
      if (event.kind === 'lines') text += event.pieces.map(({ bytes }) => Buffer.from(bytes).toString()).join('|');
    }
    return text;
  }

  const kept = async (shown: TaskView): Promise<boolean> => (await archive.pods(shown.record, 0)).length > 0;

  const untilKept = (shown: TaskView): Promise<void> =>
    eventuallyHolds(async () => {
      expect(await kept(shown)).to.equal(true);
    });

  it('keeps the log of a node that has ended, once', async () => {
    keeper();
    logOf('pod-0').write(line('hello'));
    logOf('pod-0').end();
    const shown = view([endedNode(0, 0)]);
    show(shown);
    await untilKept(shown);
    expect(await textOf(shown, 'pod-0')).to.equal('hello');
    show(view([endedNode(0, 0)]));
    await new Promise(setImmediate);
    expect(opened).to.deep.equal(['pod-0']);
  });

  it('keeps at once what has ended where somebody waits for it, and says when it cannot', async () => {
    const made = keeper();
    const shown = view([endedNode(0, 3)]);
    logOf('pod-0').write(line('hello'));
    const { signal } = new AbortController();
    let over = false;
    const waiting = made.keep(shown, signal).then(() => {
      over = true;
    });
    await new Promise(setImmediate);
    expect(over).to.equal(false);
    logOf('pod-0').end();
    await waiting;
    expect(await textOf(shown, 'pod-0')).to.equal('hello');
    const broken = keeper(() => {
      throw new Error('no connection');
    });
    const other = view([endedNode(0, 3)], { id: 'other000', uid: 'other' });
    const failure: unknown = await broken.keep(other, signal).catch((error: unknown) => error);
    expect(failure)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/^the log of pod \S+ is not kept yet$/);
  });

  it('goes on with a log of which nothing comes when whoever waits for it leaves', async () => {
    const made = keeper();
    const shown = view([endedNode(0, 3)]);
    const leaving = new AbortController();
    const waits = [made.keep(shown, leaving.signal), made.settled(RECORD, 0, leaving.signal)];
    await eventually(() => opened.length > 0);
    leaving.abort(new Error('leaving'));
    for (const wait of await Promise.allSettled([...waits, made.keep(shown, leaving.signal)])) {
      expect(wait).to.have.property('reason', leaving.signal.reason);
    }
    logOf('pod-0').end();
    await untilKept(shown);
  });

  it('keeps what it finds when it starts', async () => {
    const shown = view([endedNode(0, 3)]);
    tasks.set(shown.record.id, shown);
    logOf('pod-0').end();
    keeper();
    await untilKept(shown);
  });

  it('reads nothing that is kept already: by another server, or by the one before', async () => {
    const shown = view([endedNode(0, 0)]);
    await archive.keep(shown.record, pod(), logOf('x').read(ALL, new AbortController().signal));
    const looked = keeper();
    show(shown);
    await new Promise(setImmediate);
    await looked.settled(RECORD, 0, new AbortController().signal);
    expect(opened).to.deep.equal([]);
  });

  it('leaves the log of a program that runs alone', async () => {
    keeper();
    show(view([runningNode(0)]));
    await new Promise(setImmediate);
    expect(opened).to.deep.equal([]);
  });

  it('notes when the log of a program that runs begins, and says later that lines before its first are missing', async () => {
    const keeping = keeper();
    const running = view([runningNode(0)]);
    show(running);
    await new Promise(setImmediate);
    expect(await keeping.beginning(RECORD, 0, 'pod-0'), 'it has not written anything').to.equal(undefined);
    firstLines.set('pod-0', 0n);
    await eventuallyHolds(async () => expect(await keeping.beginning(RECORD, 0, 'pod-0')).to.equal(0n));
    firstLines.set('pod-0', 1n);
    show(running);
    // The line is of a later time.
    logOf('pod-0').write(line('hello'));
    logOf('pod-0').end();
    const shown = view([endedNode(0, 0)]);
    show(shown);
    await untilKept(shown);
    expect(await keeping.beginning(RECORD, 0, 'pod-0')).to.equal(0n);
    const events = [];
    for await (const event of archive.read(RECORD, 0, 'pod-0', ALL)) events.push(event);
    expect(events.map(({ kind }) => kind)).to.deep.equal(['gap', 'lines']);
    expect(events[0]).to.include({ afterNs: undefined, beforeNs: 1n });
  });

  it('does not look for the first line of a program that has ended', async () => {
    const keeping = keeper();
    show(view([runningNode(0)]));
    logOf('pod-0').end();
    const shown = view([endedNode(0, 0)]);
    show(shown);
    await untilKept(shown);
    firstLines.set('pod-0', 1n);
    await new Promise(setImmediate);
    expect(await keeping.beginning(RECORD, 0, 'pod-0')).to.equal(undefined);
  });

  it('follows a pod that is being deleted to its end', async () => {
    const keeping = keeper();
    const going = view([node({ pod: pod({ phase: 'Running', container: RUNNING, deleting: true }) })]);
    show(going);
    await eventually(() => opened.length === 1);
    logOf('pod-0').write(line('cleaning up'));
    expect(await kept(going)).to.equal(false);
    logOf('pod-0').end();
    await keeping.settled(RECORD, 0, new AbortController().signal);
    expect(await textOf(going, 'pod-0')).to.equal('cleaning up');
  });

  it('keeps an empty log of a node that ended before it was told of the others, without asking for it', async () => {
    keeper();
    const silent = (over: Partial<PodView>): TaskView =>
      view([node({ pod: pod({ container: RUNNING, phase: 'Running', silent: true, ...over }) })]);
    show(silent({ deleting: true }));
    await new Promise(setImmediate);
    expect(await kept(silent({})), 'it may still be told').to.equal(false);
    const shown = silent({ phase: 'Failed', deleting: true, container: terminated(143) });
    show(shown);
    await untilKept(shown);
    expect(await textOf(shown, 'pod-0')).to.equal('');
    expect(opened).to.deep.equal([]);
  });

  it('holds the logs of a task that is about to be stopped: the first line is read, then the pods may go', async () => {
    const keeping = keeper();
    const shown = view([runningNode(0)]);
    tasks.set(shown.record.id, shown);
    logOf('pod-0').write(line('begun'));
    await keeping.hold(shown, new AbortController().signal);
    expect(opened).to.deep.equal(['pod-0']);
    logOf('pod-0').end();
    await keeping.settled(RECORD, 0, new AbortController().signal);
    expect(await textOf(shown, 'pod-0')).to.equal('begun');
  });

  it('does not wait for ever for the first line', async () => {
    const keeping = keeper();
    patience = eventually(() => opened.length > 0);
    await keeping.hold(view([runningNode(0)]), new AbortController().signal);
    expect(opened).to.deep.equal(['pod-0']);
  });

  it('removes what is kept of a task that is gone', async () => {
    keeper();
    logOf('pod-0').end();
    const shown = view([endedNode(0, 0)]);
    show(shown);
    await untilKept(shown);
    tasks.delete(shown.record.id);
    for (const listener of listeners) listener(shown.record.id);
    await eventuallyHolds(async () => expect(await readdir(directory)).to.deep.equal([]));
  });

  it('says when a log cannot be kept, and tries again', async () => {
    let failures = 1;
    keeper(() => {
      if (failures-- > 0) throw new Error('no space left on device');
      logOf('pod-0').end();
      return logOf('pod-0').read(ALL, new AbortController().signal);
    });
    const shown = view([endedNode(0, 0)]);
    show(shown);
    await untilKept(shown);
    expect(said).to.deep.equal([
      'keeping the log of pod demo-abc12345-node-0-xyzzy: no space left on device; trying again in 5 s',
    ]);
  });

  it('keeps nothing of what it has only begun when it stops', async () => {
    const keeping = keeper();
    const going = view([node({ pod: pod({ phase: 'Running', container: RUNNING, deleting: true }) })]);
    logOf('pod-0').write(line('half'));
    show(going);
    await eventually(() => opened.length === 1);
    await keeping.stop();
    expect(await kept(going)).to.equal(false);
    expect(said).to.deep.equal([]);
  });
});
