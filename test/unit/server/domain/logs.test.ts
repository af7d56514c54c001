import { expect } from 'chai';
import { type LogMessage, type LogRequest, streamLogs } from '../../../../server/domain/logs.js';
import { resumeToken } from '../../../../server/domain/logs/resume.js';
import type { LogEvent, LogPiece } from '../../../../server/domain/ports.js';
import type { NodeView } from '../../../../server/domain/task.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { settle } from '../../../support/server/fake-clock.js';
import {
  endedNode,
  job,
  node,
  pod,
  result,
  RUNNING,
  runningNode,
  T0,
  terminated,
  view,
  waitingNode,
} from '../../../support/server/views.js';

const FOLLOW: LogRequest = { follow: true, tail: undefined, sinceMs: undefined, nodes: [], resumeToken: '' };
const STOP = { user: 'ann', timeMs: T0 + 6000, reason: 'enough', startedAtMs: {} };

function piece(text: string, over: Partial<LogPiece> = {}): LogPiece {
  return { timeNs: 1n, bytes: Buffer.from(text), partial: false, newline: true, ...over };
}

function lines(pod: string, timeNs: bigint, ...texts: string[]): LogEvent {
  return {
    kind: 'lines',
    pieces: texts.map((text) => piece(text, { timeNs })),
    position: { pod, timeNs, count: texts.length, bytes: 0 },
  };
}

/** Reads a stream in the background; what came is at hand at any time. */
class Reader {
  readonly messages: LogMessage[] = [];
  readonly gone = new AbortController();
  readonly done: Promise<void>;
  error: unknown;

  constructor(domain: FakeDomain, request: Partial<LogRequest> = {}, user = 'ann') {
    this.done = this.#read(domain, request, user).catch((error: unknown) => {
      this.error = error;
    });
  }

  async #read(domain: FakeDomain, request: Partial<LogRequest>, user: string): Promise<void> {
    const stream = streamLogs(domain, user, 'abc12345', { ...FOLLOW, ...request }, this.gone.signal);
    for await (const message of stream) this.messages.push(message);
  }

  /** All lines so far, with the node in front. */
  get text(): string[] {
    return this.messages.flatMap((message) =>
      message.kind === 'entries'
        ? message.entries.flatMap((entry) =>
            entry.pieces.map((own) => `${entry.node}: ${Buffer.from(own.bytes).toString()}`),
          )
        : [],
    );
  }

  get kinds(): string[] {
    return this.messages.map(({ kind }) => kind);
  }

  get notices(): string[] {
    return this.messages.flatMap((message) => (message.kind === 'notice' ? `${message.node}: ${message.message}` : []));
  }

  get summary(): Extract<LogMessage, { kind: 'summary' }> {
    const last = this.messages.at(-1);
    if (last?.kind !== 'summary') throw new Error(`the last message is ${last?.kind}`);
    return last;
  }
}

describe('streamLogs', () => {
  it('reads all nodes to their end and closes with a summary', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), runningNode(1)]));
    const reader = new Reader(domain);
    await settle();
    domain.log('pod-0').write(lines('pod-0', 1n, 'a', 'b'));
    domain.log('pod-1').write(lines('pod-1', 2n, 'c'));
    await settle();
    expect(reader.text.toSorted()).to.deep.equal(['0: a', '0: b', '1: c']);
    domain.log('pod-0').end();
    domain.log('pod-1').end();
    await settle();
    expect(reader.kinds, 'the end of the logs is not the end of the task').not.to.include('summary');
    domain.show(view([endedNode(0, 0), endedNode(1, 0)]));
    await reader.done;
    expect(reader.summary.task.status).to.equal('completed');
    expect(reader.summary.nodes).to.deep.equal([
      { node: 0, lines: 2, incompleteReason: '' },
      { node: 1, lines: 1, incompleteReason: '' },
    ]);
    expect(domain.listeners('abc12345'), 'who still watches').to.equal(0);
    expect(domain.clock.sleeping, 'timers left behind').to.equal(0);
  });

  it('says what a node waits for, each reason once, and lets it join when it has started', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), waitingNode(1)]));
    const reader = new Reader(domain);
    await settle();
    await domain.clock.advance(2000);
    expect(reader.notices, 'what every start waits for is not worth a word').to.deep.equal([]);
    await domain.clock.advance(2000);
    expect(reader.notices).to.deep.equal(['1: waiting for the Job controller to create the pod']);
    const refuse = (pod: string): void => {
      const message = `pods "${pod}" is forbidden`;
      domain.eventsByUid.set('job-1', [{ reason: 'FailedCreate', message, warning: true, timeMs: T0 }]);
    };
    refuse('a-x7k2p');
    await domain.clock.advance(2000);
    await domain.clock.advance(2000);
    expect(reader.notices.slice(1)).to.deep.equal(['1: waiting: pods "a-x7k2p" is forbidden']);
    const fixes = reader.messages.flatMap((message) => (message.kind === 'notice' ? message.fix : []));
    expect(fixes, 'waiting is right, then a change is').to.deep.equal([
      '',
      'change the task as the message says, or ask the administrator of the cluster',
    ]);
    refuse('a-b9q4z');
    const waits = (): unknown[] =>
      reader.messages.flatMap((message) => (message.kind === 'notice' ? message.waitedMs : []));
    const before = waits().length;
    await domain.clock.advance(10_000);
    expect(waits(), 'the next try is no news').to.have.length(before);
    for (let seconds = 0; seconds < 110; seconds += 2) await domain.clock.advance(2000);
    const reminders = waits().slice(before).map(Number);
    expect(reminders, 'after 15, 30 and 60 seconds').to.have.length(3);
    expect(reminders).to.deep.equal(reminders.toSorted((a, b) => a - b));
    domain.show(view([runningNode(0), runningNode(1)]));
    await settle();
    domain.log('pod-1').write(lines('pod-1', 1n, 'late'));
    await settle();
    expect(reader.text).to.deep.equal(['1: late']);
    reader.gone.abort();
    await reader.done;
  });

  it('says once why an image cannot be had, however the tries alternate, and when it is something else', async () => {
    const domain = new FakeDomain();
    const waits = (reason: string, message: string): void => {
      const { pod: shown, ...node } = runningNode(0);
      if (!shown) throw new Error('a pod was expected');
      domain.show(view([{ ...node, pod: { ...shown, container: { state: 'waiting', reason, message } } }]));
    };
    const missing = (id: number): string => `rpc error: code = NotFound desc = "x:1" (request ${id}): not found`;
    const waiting = missing(1);
    waits('ErrImagePull', waiting);
    const reader = new Reader(domain);
    await settle();
    for (const [reason, message] of [
      ['ImagePullBackOff', 'Back-off pulling image "x:1"'],
      ['ErrImagePull', missing(2)],
      ['ImagePullBackOff', `Back-off pulling image "x:1": ErrImagePull: ${missing(2)}`],
    ] as const) {
      await domain.clock.advance(2000);
      waits(reason, message);
      await settle();
    }
    await domain.clock.advance(2000);
    expect(reader.notices).to.deep.equal([`0: waiting: ${waiting}`]);
    waits('ImagePullBackOff', 'Back-off pulling image "x:1"');
    for (let seconds = 0; seconds < 16; seconds += 2) await domain.clock.advance(2000);
    expect(reader.notices.slice(1), 'a reminder').to.have.length(1);
    const fixes = reader.messages.flatMap((message) => (message.kind === 'notice' ? message.fix : []));
    expect(fixes).to.deep.equal(['correct resources.image_id', 'correct resources.image_id']);
    waits('ImagePullBackOff', `Back-off pulling image "x:1": ErrImagePull: ${missing(2)}`);
    for (let seconds = 0; seconds < 32; seconds += 2) await domain.clock.advance(2000);
    expect(reader.notices.slice(2), 'why, not that it is tried again').to.deep.equal([`0: waiting: ${missing(2)}`]);
    const away = 'dial tcp: lookup r.io: no such host';
    waits('ErrImagePull', away);
    await domain.clock.advance(2000);
    expect(reader.notices.slice(3)).to.deep.equal([`0: waiting: ${away}`]);
    reader.gone.abort();
    await reader.done;
  });

  it('tells of a node that fails and goes on with the others', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), runningNode(1)]));
    const reader = new Reader(domain);
    domain.log('pod-0').end();
    domain.show(view([endedNode(0, 3), runningNode(1)]));
    await settle();
    expect(reader.notices).to.deep.equal(['0: failed: exit code 3']);
    domain.log('pod-1').write(lines('pod-1', 1n, 'still here'));
    await settle();
    expect(reader.text).to.deep.equal(['1: still here']);
    domain.log('pod-1').end();
    domain.show(view([endedNode(0, 3), endedNode(1, 0)]));
    await reader.done;
    expect(reader.summary.task.status).to.equal('failed');
  });

  it('goes on with another attempt of the task, and says why there is one', async () => {
    const domain = new FakeDomain();
    const recovery = { maxRestartsOnErrors: 1, recoverOnExitCodes: [] };
    const rules = { failFast: true, timeoutMs: undefined, startWithinMs: undefined, recovery };
    domain.show(view([runningNode(0)], { rules }));
    const reader = new Reader(domain);
    await settle();
    domain.log('pod-0').write(lines('pod-0', 1n, 'first'));
    domain.log('pod-0').end();
    domain.show(view([endedNode(0, 3)], { rules }));
    await settle();
    expect(reader.notices).to.deep.equal([
      '0: failed: exit code 3',
      '0: waiting: attempt 1 begins soon, because node-0 exited 3',
    ]);
    const past = [
      { node: 0, reason: 'Error', message: '', exitCode: 3, counts: true, startedAtMs: T0, finishedAtMs: T0 + 5000 },
    ];
    const again = (shown: NodeView): void => domain.show(view([shown], { rules, attempt: 1, past }));
    const { pod: second, ...running } = runningNode(0);
    if (!second) throw new Error('a pod was expected');
    again({ ...running, pod: { ...second, uid: 'pod-r1' } });
    await settle();
    domain.log('pod-r1').write(lines('pod-r1', 2n, 'second'));
    domain.log('pod-r1').end();
    again({ ...endedNode(0, 0), pod: { ...second, uid: 'pod-r1', phase: 'Succeeded' } });
    await reader.done;
    expect(reader.text).to.deep.equal(['0: first', '0: second']);
    expect(reader.summary.task).to.include({ status: 'completed' });
    expect(reader.summary.nodes).to.deep.equal([{ node: 0, lines: 2, incompleteReason: '' }]);
  });

  it('says once why a task waits that gave its machines back', async () => {
    const domain = new FakeDomain();
    const halt = {
      timeMs: T0,
      blamed: [0],
      reason: 'PodsReadyTimeout',
      message: 'no room for node-0',
      startedAtMs: {},
      retryMs: 30_000,
    };
    domain.show(view([node({ job: job({ suspended: true }) })], { halt }));
    const reader = new Reader(domain);
    await settle();
    expect(reader.notices).to.deep.equal(['0: waiting: attempt 1 begins soon, because no room for node-0']);
    reader.gone.abort();
    await reader.done;
  });

  it('reads a pod that takes the place of another', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const reader = new Reader(domain);
    domain.log('pod-0').write(lines('pod-0', 1n, 'first'));
    domain.log('pod-0').end();
    await settle();
    const second = runningNode(0);
    domain.show(view([{ ...second, pod: second.pod && { ...second.pod, uid: 'pod-0b' } }]));
    domain.log('pod-0b').write(lines('pod-0b', 2n, 'second'));
    await settle();
    expect(reader.text).to.deep.equal(['0: first', '0: second']);
    reader.gone.abort();
    await reader.done;
  });

  it('sends no more in a message than can be sent again without pain', async () => {
    const domain = new FakeDomain();
    const big = 'x'.repeat(50_000);
    domain.show(view([0, 1, 2, 3].map((index) => endedNode(index, 0))));
    for (const index of [0, 1, 2, 3]) {
      domain.log(`pod-${index}`).write(lines(`pod-${index}`, 1n, big));
      domain.log(`pod-${index}`).end();
    }
    const reader = new Reader(domain);
    await reader.done;
    const sizes = reader.messages.flatMap((message) => (message.kind === 'entries' ? message.entries.length : []));
    expect(Math.max(...sizes)).to.be.at.most(2);
    expect(reader.text).to.have.length(4);
  });

  it('misses nothing of a pod that was deleted before it was told of the other nodes', async () => {
    const domain = new FakeDomain();
    const silent = { phase: 'Running', container: RUNNING, deleting: true, silent: true } as const;
    domain.show(view([node({ pod: pod(silent) })]));
    const reader = new Reader(domain);
    await settle();
    domain.show(view([node({ pod: pod({ ...silent, phase: 'Failed', container: terminated(143) }) })]));
    await settle();
    domain.show(view([node({ pod: pod({ uid: 'pod-0b', phase: 'Running', container: RUNNING }) })]));
    domain.log('pod-0b').write(lines('pod-0b', 1n, 'in its place'));
    domain.log('pod-0b').end();
    await settle();
    const ended = { uid: 'pod-0b', phase: 'Succeeded', container: terminated(0) } as const;
    domain.show(view([node({ job: job({ outcome: 'complete' }), pod: pod(ended) })]));
    await reader.done;
    expect(reader.text).to.deep.equal(['0: in its place']);
    expect(reader.summary.nodes[0]?.incompleteReason).to.equal('');
    expect(domain.log('pod-0').readings, 'of what was silent').to.deep.equal([]);
  });

  it('misses nothing of a node that was stopped before it was told of the others', async () => {
    const domain = new FakeDomain();
    const gone = pod({ phase: 'Failed', container: terminated(143), deleting: true, silent: true });
    const stop = { ...STOP, startedAtMs: { 0: T0 } };
    domain.show(view([node({ job: job({ suspended: true }), pod: undefined, gone })], { stop }));
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.kinds).to.deep.equal(['notice', 'summary']);
  });

  it('reads a pod once it was told of the other nodes', async () => {
    const domain = new FakeDomain();
    const waiting = { phase: 'Running', container: RUNNING, silent: true } as const;
    domain.show(view([node({ pod: pod(waiting) })]));
    const reader = new Reader(domain);
    await settle();
    expect(domain.log('pod-0').readings).to.deep.equal([]);
    domain.log('pod-0').write(lines('pod-0', 1n, 'begun'));
    domain.show(view([node({ pod: pod({ ...waiting, silent: false }) })]));
    await settle();
    expect(reader.text).to.deep.equal(['0: begun']);
    reader.gone.abort();
    await reader.done;
  });

  it('passes gaps on and says in the summary that the log is not complete', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').write({ kind: 'gap', afterNs: 1n, beforeNs: 5n, reason: 'rotated' }, lines('pod-0', 5n, 'x'));
    domain.log('pod-0').end();
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.kinds).to.deep.equal(['gap', 'entries', 'summary']);
    expect(reader.summary.nodes).to.deep.equal([{ node: 0, lines: 1, incompleteReason: 'rotated' }]);
  });

  it('ends a line of which the rest is missing', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').write({
      kind: 'lines',
      pieces: [piece('begun', { partial: true, newline: false })],
      position: { pod: 'pod-0', timeNs: 1n, count: 0, bytes: 5 },
    });
    domain.log('pod-0').write({ kind: 'gap', afterNs: 1n, beforeNs: 5n, reason: 'rotated' }, lines('pod-0', 5n, 'x'));
    domain.log('pod-0').end();
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.kinds).to.deep.equal(['entries', 'entries', 'gap', 'entries', 'summary']);
    expect(reader.text).to.deep.equal(['0: begun', '0: ', '0: x']);
    expect(reader.summary.nodes[0]?.lines).to.equal(2);
  });

  it('goes on behind the end of a cut line, and of what other nodes wrote meanwhile', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), runningNode(1)]));
    const cut: LogEvent = {
      kind: 'lines',
      pieces: [piece('begun', { partial: true, newline: false })],
      position: { pod: 'pod-1', timeNs: 1n, count: 0, bytes: 5 },
    };
    domain.log('pod-0').write(lines('pod-0', 1n, 'first'), lines('pod-0', 2n, 'second'));
    domain.log('pod-1').write(cut, { kind: 'gap', afterNs: 1n, beforeNs: 5n, reason: 'rotated' });
    const reader = new Reader(domain);
    await settle();
    reader.gone.abort();
    await reader.done;
    const tokens = reader.messages.flatMap((message) => (message.kind === 'entries' ? message.resumeToken : []));
    expect(tokens).not.to.include('');
    expect(reader.kinds).to.deep.equal(['entries', 'entries', 'gap']);
    expect(reader.text).to.deep.equal(['0: first', '1: begun', '0: second', '1: ']);
    const resumed = new Reader(domain, { resumeToken: tokens.at(-1) ?? '' });
    await settle();
    resumed.gone.abort();
    await resumed.done;
    expect(domain.log('pod-0').readings.at(-1)?.position).to.include({ timeNs: 2n, count: 1, bytes: 0 });
    expect(domain.log('pod-1').readings.at(-1)?.position).to.include({ timeNs: 1n, count: 1, bytes: 0 });
  });

  it('says that the beginning was rotated away, to whoever reads from the beginning', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.beginnings.set('pod-0', 1n);
    domain.log('pod-0').write(lines('pod-0', 5n, 'later'));
    domain.log('pod-0').end();
    const read = async (request: Partial<LogRequest>): Promise<Reader> => {
      const reader = new Reader(domain, request);
      await reader.done;
      return reader;
    };
    const whole = await read({});
    expect(whole.kinds).to.deep.equal(['gap', 'entries', 'summary']);
    expect(whole.messages[0]).to.deep.include({ afterNs: undefined, beforeNs: 5n });
    expect(whole.summary.nodes[0]?.incompleteReason).to.match(/rotated/);
    expect((await read({ tail: 3 })).kinds).not.to.include('gap');
    expect((await read({ sinceMs: 1 })).kinds, 'younger than its beginning').not.to.include('gap');
    expect((await read({ sinceMs: T0 + 100_000_000 })).kinds).to.include('gap');
    domain.beginnings.set('pod-0', 5n);
    expect((await read({})).kinds, 'it is there').to.deep.equal(['entries', 'summary']);
  });

  it('says that the log went with its pod', async () => {
    const domain = new FakeDomain();
    domain.show(view([node({ pod: undefined })], { results: [result()] }));
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.kinds).to.deep.equal(['gap', 'summary']);
    expect(reader.summary.nodes[0]?.incompleteReason).to.equal('its pod is gone, and the log with it');
  });

  it('looks for a pod that was not seen yet before it takes its log for lost', async () => {
    const domain = new FakeDomain();
    domain.show(view([{ ...endedNode(0, 0), pod: undefined }]));
    domain.onFindPods = () => domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').write(lines('pod-0', 1n, 'here'));
    domain.log('pod-0').end();
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.kinds).to.deep.equal(['entries', 'summary']);
    expect(reader.summary.nodes).to.deep.equal([{ node: 0, lines: 1, incompleteReason: '' }]);
  });

  it('reads what is kept of a pod that is gone', async () => {
    const domain = new FakeDomain();
    domain.kept.set(
      0,
      new Map([
        ['old', [lines('old', 1n, 'first')]],
        ['pod-0', [lines('pod-0', 2n, 'second')]],
      ]),
    );
    domain.show(view([node({ pod: undefined })], { results: [result()] }));
    const reader = new Reader(domain, { tail: 5 });
    await reader.done;
    expect(reader.text).to.deep.equal(['0: first', '0: second']);
    expect(reader.summary.nodes[0]).to.include({ lines: 2, incompleteReason: '' });
    expect(domain.keptReadings.map(({ options }) => options.tail)).to.deep.equal([5, 5]);
  });

  it('reads what is kept of a pod that is there, and of those before it first', async () => {
    const domain = new FakeDomain();
    domain.kept.set(
      0,
      new Map([
        ['old', [lines('old', 1n, 'first')]],
        ['pod-0', [lines('pod-0', 2n, 'second')]],
      ]),
    );
    domain.show(view([endedNode(0, 0)]));
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.text).to.deep.equal(['0: first', '0: second']);
    expect(domain.log('pod-0').readings).to.deep.equal([]);
  });

  it('goes on in what is kept where a token says', async () => {
    const domain = new FakeDomain();
    domain.kept.set(
      0,
      new Map([
        ['old', [lines('old', 1n, 'first')]],
        ['pod-0', [lines('pod-0', 2n, 'second')]],
      ]),
    );
    domain.show(view([node({ pod: undefined })], { results: [result()] }));
    const position = { pod: 'pod-0', timeNs: 1n, count: 1, bytes: 0 };
    const token = resumeToken({
      nodes: new Map([[0, { position, lines: 1, incomplete: false }]]),
      begun: new Map(),
      complete: false,
    });
    const reader = new Reader(domain, { resumeToken: token });
    await reader.done;
    expect(domain.keptReadings.map(({ pod, options }) => [pod, options.position])).to.deep.equal([['pod-0', position]]);
  });

  describe('where the pod that a token names is gone, and not kept', () => {
    let domain: FakeDomain;
    const resumed = async (): Promise<Reader> => {
      const position = { pod: 'lost', timeNs: 5n, count: 1, bytes: 0 };
      const nodes = new Map([[0, { position, lines: 1, incomplete: false }]]);
      const reader = new Reader(domain, { resumeToken: resumeToken({ nodes, begun: new Map(), complete: false }) });
      await reader.done;
      return reader;
    };

    beforeEach(() => {
      domain = new FakeDomain();
      domain.kept.set(0, new Map([['old', []]]));
      domain.show(view([node({ pod: undefined })], { results: [result()] }));
    });

    it('reads nothing again that was kept of those before it, and says what is missing', async () => {
      const reader = await resumed();
      const read = { pod: 'old', timeNs: 5n, count: 0, bytes: 0 };
      expect(domain.keptReadings.map(({ options }) => options.position)).to.deep.equal([read]);
      expect(reader.kinds).to.deep.equal(['gap', 'summary']);
      expect(reader.messages[0]).to.include({ afterNs: 5n, reason: 'its pod is gone, and the log with it' });
    });

    it('says so before it goes on with what was kept of the next', async () => {
      domain.kept.get(0)?.set('next', [lines('next', 9n, 'further')]);
      const reader = await resumed();
      expect(reader.kinds).to.deep.equal(['gap', 'entries', 'summary']);
      expect(reader.text).to.deep.equal(['0: further']);
    });

    it('says so before it goes on with the next', async () => {
      domain.show(view([endedNode(0, 0)]));
      domain.log('pod-0').write(lines('pod-0', 9n, 'further'));
      domain.log('pod-0').end();
      const reader = await resumed();
      expect(reader.kinds).to.deep.equal(['gap', 'entries', 'entries', 'summary']);
      expect(domain.log('pod-0').readings[0]?.position, 'of the next everything is wanted').to.equal(undefined);
    });
  });

  describe('between two pods of a node, none of which is kept', () => {
    const NEXT = view([runningNode(0)]);
    const FORMER = { name: 'former', uid: 'former', containerName: 'main' };
    const position = { pod: 'former', timeNs: 5n, count: 1, bytes: 0 };
    const nodes = new Map([[0, { position, lines: 1, incomplete: false }]]);
    const token = resumeToken({ nodes, begun: new Map(), complete: false });
    let domain: FakeDomain;
    let told: Reader[];

    beforeEach(() => {
      domain = new FakeDomain();
      told = [];
    });

    /** Takes the stream up for a moment; answers with where to go on. */
    const readOn = async (from: string): Promise<string> => {
      const reader = new Reader(domain, { resumeToken: from });
      await settle();
      reader.gone.abort();
      await reader.done;
      told.push(reader);
      const last = reader.messages.findLast((message) => message.kind === 'entries');
      return last?.kind === 'entries' ? last.resumeToken : from;
    };
    const toEnd = async (from: string): Promise<Reader> => {
      const reader = new Reader(domain, { resumeToken: from });
      await reader.done;
      return reader;
    };

    it('reads the first one on, which the cluster has still', async () => {
      domain.show(view([endedNode(0, 0)]));
      domain.onFindPods = (id) => domain.formerPods.set(id, [FORMER]);
      domain.log('former').write(lines('former', 7n, 'rest'));
      domain.log('former').end();
      domain.log('pod-0').write(lines('pod-0', 9n, 'further'));
      domain.log('pod-0').end();
      const reader = await toEnd(token);
      expect(domain.log('former').readings.map((reading) => reading.position)).to.deep.equal([position]);
      expect(reader.text).to.deep.equal(['0: rest', '0: further']);
      expect(reader.summary.nodes).to.deep.equal([{ node: 0, lines: 3, incompleteReason: '' }]);
    });

    it('tells of no lines that are missing where the first one was the last', async () => {
      domain.show(view([node({ pod: undefined })], { results: [result()] }));
      domain.formerPods.set('abc12345', [FORMER]);
      domain.log('former').end();
      const reader = await toEnd(token);
      expect(reader.kinds).to.deep.equal(['summary']);
    });

    it('tells once that the first one is gone, however often it is taken up before the second one writes', async () => {
      domain.show(NEXT);
      const next = await readOn(await readOn(token));
      expect(told.map(({ kinds }) => kinds)).to.deep.equal([['gap', 'entries'], []]);
      domain.log('pod-0').write(lines('pod-0', 9n, 'further'));
      await readOn(next);
      expect(told[2]?.kinds).to.deep.equal(['entries']);
      const from = { pod: 'pod-0', timeNs: 6n, count: 0, bytes: 0 };
      expect(domain.log('pod-0').readings.at(-1)?.position).to.deep.equal(from);
    });

    it('ends without an error when its reader goes while the first one is read', async () => {
      domain.show(view([waitingNode(0)]));
      domain.formerPods.set('abc12345', [FORMER]);
      domain.archive.settled = async (_task, _node, signal) => signal.throwIfAborted();
      await readOn(token);
      expect(domain.log('former').readings.length).to.equal(1);
      expect(told.map(({ error }) => error)).to.deep.equal([undefined]);
    });

    it('does not look for the first one again whose end was told', async () => {
      domain.show(NEXT);
      domain.formerPods.set('abc12345', [FORMER]);
      domain.log('former').end();
      const next = await readOn(token);
      domain.formerPods.clear();
      await readOn(next);
      expect(told.map(({ kinds }) => kinds)).to.deep.equal([['entries'], []]);
      expect(domain.log('former').readings.length).to.equal(1);
    });
  });

  it('ends in what is kept when a pod goes while it is read', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').write(lines('pod-0', 1n, 'begun'));
    const reader = new Reader(domain);
    await settle();
    domain.kept.set(0, new Map([['pod-0', [lines('pod-0', 2n, 'ended')]]]));
    domain.log('pod-0').write({ kind: 'gap', afterNs: 1n, beforeNs: undefined, reason: 'gone' });
    domain.log('pod-0').end();
    await reader.done;
    expect(reader.text).to.deep.equal(['0: begun', '0: ended']);
    expect(domain.keptReadings[0]?.options.position).to.include({ pod: 'pod-0', timeNs: 1n });
    expect(reader.summary.nodes[0]?.incompleteReason).to.equal('');
  });

  it('does not go on waiting for what is just being kept when its reader is gone', async () => {
    const domain = new FakeDomain();
    const waited: AbortSignal[] = [];
    domain.archive.settled = (_task, _node, signal) => {
      waited.push(signal);
      return new Promise(() => {});
    };
    domain.show(view([node({ job: job({ outcome: 'complete' }) }), endedNode(1, 0)]));
    domain.log('pod-1').write({ kind: 'gap', afterNs: 1n, beforeNs: undefined, reason: 'gone' });
    domain.log('pod-1').end();
    const reader = new Reader(domain);
    await settle();
    expect(waited.map(({ aborted }) => aborted)).to.deep.equal([false, false]);
    reader.gone.abort();
    await settle();
    expect(waited.map(({ aborted }) => aborted)).to.deep.equal([true, true]);
  });

  it('says so of a completed node too whose start nobody saw', async () => {
    const domain = new FakeDomain();
    domain.show(view([node({ job: job({ outcome: 'complete' }) })]));
    const reader = new Reader(domain);
    await reader.done;
    expect(reader.kinds).to.deep.equal(['gap', 'summary']);
  });

  it('follows as many nodes as a task may have without a word from Node', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning.name);
    };
    process.on('warning', note);
    const domain = new FakeDomain();
    domain.show(view(Array.from({ length: 40 }, (_, index) => runningNode(index))));
    const reader = new Reader(domain);
    await settle();
    expect(domain.listeners('abc12345')).to.equal(1);
    reader.gone.abort();
    await reader.done;
    await settle();
    process.off('warning', note);
    expect(warnings).to.deep.equal([]);
  });

  it('looks at each of many nodes a few times when one of them has changed, not once for every other', async () => {
    const COUNT = 300;
    let looks = 0;
    const counted = (own: NodeView): NodeView => ({
      ...own,
      get pod() {
        looks += 1;
        return own.pod;
      },
    });
    const nodes = Array.from({ length: COUNT }, (_, index) => counted(waitingNode(index)));
    const launched = view(nodes);
    const domain = new FakeDomain();
    let asked = 0;
    const { peek } = domain.store;
    domain.store.peek = (id) => {
      asked += 1;
      return peek(id);
    };
    domain.show(launched);
    const reader = new Reader(domain);
    await settle();
    looks = 0;
    asked = 0;
    domain.show({ ...launched, nodes: nodes.with(7, counted(runningNode(7))) });
    domain.log('pod-7').write(lines('pod-7', 1n, 'here'));
    await settle();
    expect(reader.text).to.deep.equal(['7: here']);
    expect(asked, 'questions to the store').to.equal(1);
    expect(looks, 'looks at nodes').to.be.below(10 * COUNT);
    reader.gone.abort();
    await reader.done;
  });

  it('tells who stopped the task and ends when no pod is left', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const reader = new Reader(domain);
    domain.log('pod-0').end();
    domain.show(view([{ ...runningNode(0), job: job({ suspended: true }) }], { stop: STOP }));
    await settle();
    expect(reader.kinds).to.deep.equal([]);
    domain.show(view([node({ job: job({ suspended: true }) })], { stop: STOP }));
    await reader.done;
    expect(reader.notices).to.deep.equal(['0: stopped by ann: enough']);
    expect(reader.summary.task.status).to.equal('stopped');
  });

  it('shows every 15 seconds that a quiet stream lives', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const reader = new Reader(domain);
    await settle();
    await domain.clock.advance(14_999);
    expect(reader.kinds).to.deep.equal([]);
    await domain.clock.advance(1);
    await domain.clock.advance(15_000);
    expect(reader.kinds).to.deep.equal(['heartbeat', 'heartbeat']);
    reader.gone.abort();
    await reader.done;
  });

  it('says while it is quiet that the cluster is away', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const reader = new Reader(domain);
    await settle();
    const outage = { sinceMs: T0, message: 'connection refused' };
    domain.lose(outage);
    await domain.clock.advance(15_000);
    domain.lose(undefined);
    await domain.clock.advance(15_000);
    expect(reader.messages.map((message) => message.kind === 'heartbeat' && message.outage)).to.deep.equal([
      outage,
      undefined,
    ]);
    reader.gone.abort();
    await reader.done;
  });

  it('ends without a summary when its reader goes, and closes everything behind it', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), waitingNode(1)]));
    const reader = new Reader(domain);
    await settle();
    reader.gone.abort();
    await reader.done;
    expect(reader.error).to.equal(undefined);
    expect(reader.kinds).not.to.include('summary');
    expect([domain.listeners('abc12345'), domain.clock.sleeping]).to.deep.equal([0, 0]);
  });

  it('goes on where a token says, in the same pod only', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), runningNode(1)]));
    const first = new Reader(domain);
    domain.log('pod-0').write(lines('pod-0', 7n, 'a'));
    domain.log('pod-1').write(lines('pod-1', 8n, 'b'));
    await settle();
    first.gone.abort();
    await first.done;
    const last = first.messages.findLast((message) => message.kind === 'entries');
    const replaced = runningNode(1);
    domain.show(view([runningNode(0), { ...replaced, pod: replaced.pod && { ...replaced.pod, uid: 'pod-1b' } }]));
    const second = new Reader(domain, { resumeToken: last?.kind === 'entries' ? last.resumeToken : '' });
    await settle();
    expect(domain.log('pod-0').readings.at(-1)?.position).to.include({ pod: 'pod-0', timeNs: 7n, count: 1 });
    expect(domain.log('pod-1b').readings.at(-1)?.position).to.equal(undefined);
    second.gone.abort();
    await second.done;
  });

  describe('of logs of which only the end is wanted', () => {
    const tokenOf = (reader: Reader): string => {
      const last = reader.messages.findLast((message) => message.kind === 'entries');
      return last?.kind === 'entries' ? last.resumeToken : '';
    };
    const readings = (domain: FakeDomain, own: string): unknown[] =>
      domain.log(own).readings.map(({ tail, sinceMs, position }) => ({ tail, sinceMs, fromNs: position?.timeNs }));
    /** Reads so long as `between` takes, then takes the stream up again. */
    const readTwice = async (
      domain: FakeDomain,
      request: Partial<LogRequest>,
      between: () => void | Promise<void>,
    ): Promise<Reader> => {
      const first = new Reader(domain, request);
      await settle();
      first.gone.abort();
      await first.done;
      await between();
      const second = new Reader(domain, { ...request, resumeToken: tokenOf(first) });
      await settle();
      second.gone.abort();
      await second.done;
      return second;
    };
    const WHOLE = { tail: undefined, sinceMs: undefined, fromNs: undefined };

    it('leaves nothing out of a pod that begins later', async () => {
      const domain = new FakeDomain();
      domain.show(view([waitingNode(0)]));
      const reader = new Reader(domain, { tail: 0, sinceMs: 1000 });
      await settle();
      domain.show(view([runningNode(0)]));
      await settle();
      reader.gone.abort();
      await reader.done;
      expect(readings(domain, 'pod-0')).to.deep.equal([WHOLE]);
    });

    it('leaves nothing out of a pod that takes the place of one that was there', async () => {
      const domain = new FakeDomain();
      domain.show(view([runningNode(0)]));
      const reader = new Reader(domain, { tail: 5 });
      domain.log('pod-0').end();
      await settle();
      const second = runningNode(0);
      domain.show(view([{ ...second, pod: second.pod && { ...second.pod, uid: 'pod-0b' } }]));
      await settle();
      reader.gone.abort();
      await reader.done;
      expect(readings(domain, 'pod-0')).to.deep.equal([{ ...WHOLE, tail: 5 }]);
      expect(readings(domain, 'pod-0b')).to.deep.equal([WHOLE]);
    });

    it('leaves nothing out of a pod that begins while nobody reads', async () => {
      const domain = new FakeDomain();
      domain.show(view([waitingNode(0)]));
      await readTwice(domain, { tail: 10 }, () => domain.show(view([runningNode(0)])));
      expect(readings(domain, 'pod-0')).to.deep.equal([WHOLE]);
    });

    it('leaves nothing out of what a node writes first while nobody reads', async () => {
      const domain = new FakeDomain();
      domain.show(view([runningNode(0), runningNode(1)]));
      domain.log('pod-0').write(lines('pod-0', 7n, 'a'));
      domain.log('pod-1').write({
        kind: 'lines',
        pieces: [],
        position: { pod: 'pod-1', timeNs: 0n, count: 0, bytes: 0 },
      });
      await readTwice(domain, { tail: 10 }, () => {});
      expect(readings(domain, 'pod-1')).to.deep.equal([
        { ...WHOLE, tail: 10 },
        { ...WHOLE, fromNs: 0n },
      ]);
    });

    it('has still to find the end for a node whose log could not be opened', async () => {
      const domain = new FakeDomain();
      domain.show(view([runningNode(0), runningNode(1)]));
      domain.log('pod-0').write(lines('pod-0', 7n, 'a'));
      await readTwice(domain, { tail: 10 }, () => {});
      expect(readings(domain, 'pod-1')).to.deep.equal([
        { ...WHOLE, tail: 10 },
        { ...WHOLE, tail: 10 },
      ]);
    });

    for (const [title, request, agoMs] of [
      ['no old line', { tail: 0 }, 0],
      ['the last minute', { sinceMs: 60_000 }, 60_000],
    ] as const) {
      it(`goes on where it began, when ${title} was wanted`, async () => {
        const domain = new FakeDomain();
        domain.show(view([runningNode(0)]));
        const fromNs = BigInt(domain.clock.now() - agoMs) * 1_000_000n;
        await readTwice(domain, request, () => domain.clock.advance(120_000));
        expect(readings(domain, 'pod-0')).to.deep.equal([
          { ...WHOLE, ...request },
          { ...WHOLE, fromNs },
        ]);
      });
    }

    it('leaves out of what is kept only what was there', async () => {
      const domain = new FakeDomain();
      domain.kept.set(0, new Map([['old', [lines('old', 1n, 'first')]]]));
      domain.show(view([waitingNode(0)]));
      const reader = new Reader(domain, { tail: 5 });
      await settle();
      domain.kept.get(0)?.set('pod-0', [lines('pod-0', 2n, 'second')]);
      domain.show(view([endedNode(0, 0)]));
      await reader.done;
      expect(domain.keptReadings.map(({ pod: own, options }) => [own, options.tail])).to.deep.equal([
        ['old', 5],
        ['pod-0', undefined],
      ]);
    });

    it('says that the beginning was rotated away, where it was wanted', async () => {
      const domain = new FakeDomain();
      domain.show(view([endedNode(0, 0)]));
      domain.beginnings.set('pod-0', 1n);
      domain.log('pod-0').write(lines('pod-0', 5n, 'later'));
      domain.log('pod-0').end();
      const at = (timeNs: bigint): string =>
        resumeToken({
          nodes: new Map([
            [0, { position: { pod: 'pod-0', timeNs, count: 0, bytes: 0 }, lines: 0, incomplete: false }],
          ]),
          begun: new Map(),
          complete: false,
        });
      const kinds = async (timeNs: bigint): Promise<string[]> => {
        const reader = new Reader(domain, { resumeToken: at(timeNs) });
        await reader.done;
        return reader.kinds;
      };
      expect(await kinds(0n)).to.deep.equal(['gap', 'entries', 'summary']);
      expect(await kinds(2n)).to.deep.equal(['entries', 'summary']);
    });
  });

  it('counts lines of the streams that it takes up, and remembers what was missing in them', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').write(lines('pod-0', 1n, 'a', 'b'));
    domain.log('pod-0').write({ kind: 'gap', afterNs: 1n, beforeNs: 5n, reason: 'rotated' });
    domain.log('pod-0').write(lines('pod-0', 5n, 'c'));
    const first = new Reader(domain);
    await settle();
    first.gone.abort();
    await first.done;
    const last = first.messages.findLast((message) => message.kind === 'entries');
    const replica = new FakeDomain();
    replica.show(view([endedNode(0, 0)]));
    replica.log('pod-0').write(lines('pod-0', 6n, 'd'));
    replica.log('pod-0').end();
    const second = new Reader(replica, { resumeToken: last?.kind === 'entries' ? last.resumeToken : '' });
    await second.done;
    expect(second.summary.nodes).to.deep.equal([
      { node: 0, lines: 4, incompleteReason: 'lines were missing before it was taken up again' },
    ]);
  });

  it('has nothing to add to a stream that was followed to its end', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').end();
    const first = new Reader(domain);
    await first.done;
    const second = new Reader(domain, { resumeToken: first.summary.resumeToken });
    await second.done;
    expect(second.messages).to.deep.equal([]);
    expect(second.error).to.equal(undefined);
  });

  it('without follow, ends at the end of what there is', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0), waitingNode(1)]));
    domain.log('pod-0').write(lines('pod-0', 1n, 'a'));
    const reader = new Reader(domain, { follow: false, tail: 10 });
    await reader.done;
    expect(reader.kinds).to.deep.equal(['entries', 'summary']);
    expect(domain.log('pod-0').readings).to.deep.equal([
      { follow: false, tail: 10, sinceMs: undefined, position: undefined },
    ]);
    expect(reader.summary.resumeToken).to.match(/^p1/);
  });

  it('reads only the nodes that were asked for', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 0), endedNode(1, 0), endedNode(2, 0)]));
    const reader = new Reader(domain, { nodes: [2, 0, 2], follow: false });
    await reader.done;
    expect(reader.summary.nodes.map((own) => own.node)).to.deep.equal([0, 2]);
    expect(domain.log('pod-1').readings).to.deep.equal([]);
  });

  const refusals: readonly [string, Partial<LogRequest>, string][] = [
    ['a node that does not exist', { nodes: [2] }, 'node: 2 does not exist; the task has nodes 0 to 1'],
    ['a negative node', { nodes: [-1] }, 'node: -1 does not exist; the task has nodes 0 to 1'],
    ['a negative tail', { tail: -1 }, 'tail: must not be negative'],
    ['no time at all', { sinceMs: 0 }, 'since: must be longer than zero'],
  ];
  for (const [title, request, message] of refusals) {
    it(`refuses ${title}`, async () => {
      const domain = new FakeDomain();
      domain.show(view([runningNode(0), runningNode(1)]));
      const reader = new Reader(domain, request);
      await reader.done;
      expect(reader.error).to.include({ reason: 'INVALID_ARGUMENT', message });
    });
  }

  it('does not show a task to anybody but its owner', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const failure = await failureOf(async () => {
      const reader = new Reader(domain, {}, 'bob');
      await reader.done;
      throw reader.error;
    });
    expect(failure.reason).to.equal('TASK_NOT_FOUND');
  });

  it('ends with NOT_FOUND when the task is deleted meanwhile', async () => {
    const domain = new FakeDomain();
    domain.show(view([waitingNode(0)]));
    const reader = new Reader(domain);
    await settle();
    domain.forget('abc12345');
    await reader.done;
    expect(reader.error).to.include({ reason: 'TASK_NOT_FOUND' });
  });
});
