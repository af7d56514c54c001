import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { LogEvent, LogOptions } from '../../../../../server/domain/ports.js';
import { createLogSource } from '../../../../../server/kubernetes/logs/pod-log.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { pause, type Pause } from '../../../../../server/pause.js';
import { eventually } from '../../../../support/server/eventually.js';
import { failureOf } from '../../../../support/server/failure.js';
import { json, KubeStub, refuse, type SeenRequest } from '../../../../support/server/kube-stub.js';
import { rawPod } from '../../../../support/server/raw.js';

const PATHS = pathsOf('default');
const POD = { name: 'demo-pod', uid: 'pod-1', containerName: 'task' };
const FOLLOW: LogOptions = { follow: true, tail: undefined, sinceMs: undefined, position: undefined };

/** A line of the log at so many seconds. */
const line = (seconds: number, text: string): string =>
  `2026-11-23T06:00:${String(seconds).padStart(2, '0')}.000000000Z ${text}\n`;

/** The longest pause between two attempts is shorter; for an answer is waited longer. */
const LONG_MS = 10_000;
/** No time passes between two attempts. */
const noTime: Pause = async (ms, signal) => (ms < LONG_MS ? !signal.aborted : pause(ms, signal));

type Step = (request: SeenRequest, response: ServerResponse) => void;
const whole =
  (...lines: string[]): Step =>
  (_, response) =>
    response.writeHead(200).end(lines.join(''));
const broken =
  (...lines: string[]): Step =>
  (_, response) => {
    response.writeHead(200);
    response.write(lines.join(''), () => response.destroy());
  };

describe('the log of a pod', () => {
  let stub: KubeStub;
  let gone: AbortController;
  let state: 'Running' | 'Succeeded' | 'unstarted' | 'replaced' | 'gone';
  let script: Step[];
  let wait: Pause;

  beforeEach(async () => {
    wait = noTime;
    state = 'Running';
    script = [];
    gone = new AbortController();
    stub = await KubeStub.start((request, response) => {
      if (request.path.endsWith('/log')) {
        const step = script.shift();
        if (!step) throw new Error('one reading too many');
        step(request, response);
      } else if (state === 'gone') refuse(response, 404, 'NotFound', 'pods "demo-pod" not found');
      else if (state === 'unstarted') {
        const unknown = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } };
        const status = { phase: 'Failed', containerStatuses: [{ name: 'task', state: unknown }] };
        json(response, { ...rawPod({ id: 'abc12345', uid: 'pod-1', deleting: true }), status });
      } else {
        const uid = state === 'replaced' ? 'pod-2' : 'pod-1';
        json(response, rawPod({ id: 'abc12345', uid, phase: state === 'replaced' ? 'Running' : state }));
      }
    });
  });
  afterEach(async () => {
    gone.abort();
    await stub.stop();
  });

  const logs = (): SeenRequest[] => stub.requests.filter(({ path }) => path.endsWith('/log'));
  const source = (): AsyncIterable<LogEvent> & { all: (options?: Partial<LogOptions>) => Promise<string[]> } => {
    const read = (options: Partial<LogOptions> = {}): AsyncIterable<LogEvent> =>
      createLogSource(stub.client, PATHS, wait).read(POD, { ...FOLLOW, ...options }, gone.signal);
    return {
      [Symbol.asyncIterator]: () => read()[Symbol.asyncIterator](),
      all: async (options) => {
        const found: string[] = [];
        for await (const event of read(options)) {
          if (event.kind === 'gap') found.push(`gap: ${event.reason}`);
          else found.push(...event.pieces.map(({ bytes }) => Buffer.from(bytes).toString()));
        }
        return found;
      },
    };
  };
  const thenEnd =
    (step: Step): Step =>
    (request, response) => {
      state = 'Succeeded';
      step(request, response);
    };

  it('asks for one container with times, and for what the caller wants of it', async () => {
    state = 'Succeeded';
    script = [whole(line(1, 'a')), whole(line(1, 'a'))];
    await source().all({ follow: false, tail: 5, sinceMs: 1500 });
    expect(logs()[0]?.path).to.equal(`${PATHS.pods}/demo-pod/log`);
    expect(Object.fromEntries(logs()[0]?.query ?? [])).to.deep.equal({
      container: 'task',
      follow: 'false',
      timestamps: 'true',
      tailLines: '5',
      sinceSeconds: '2',
    });
  });

  it('reads a container that has ended without following it', async () => {
    state = 'Succeeded';
    script = [whole(line(1, 'a'), line(2, 'b')), whole(line(2, 'b'))];
    expect(await source().all()).to.deep.equal(['a', 'b']);
    expect(logs().map(({ query }) => query.get('follow'))).to.deep.equal(['false', 'false']);
  });

  it('asks for nothing where nothing old is wanted and nothing will come', async () => {
    expect(await source().all({ tail: 0, follow: false })).to.deep.equal([]);
    state = 'Succeeded';
    expect(await source().all({ tail: 0 })).to.deep.equal([]);
    expect(logs()).to.deep.equal([]);
  });

  it('believes an end that was met twice: a stream whose kubelet dies ends as if it were complete', async () => {
    state = 'Succeeded';
    script = [
      whole(line(1, 'a'), '2026-11-23T06:00:02.000000000Z ha'),
      whole(),
      whole(line(1, 'a'), line(2, 'half'), line(2, 'b')),
      whole(line(2, 'half')),
      whole(line(2, 'half'), line(2, 'b')),
    ];
    expect(await source().all()).to.deep.equal(['a', 'half', 'b']);
  });

  it('believes an end behind which the file was rotated, when it was met often enough', async () => {
    state = 'Succeeded';
    script = [whole(line(1, 'a')), whole(), whole(), whole()];
    expect(await source().all()).to.deep.equal(['a']);
  });

  it('reads what a container that lives has written, without waiting for more', async () => {
    const all = whole(line(1, 'a'), '2026-11-23T06:00:02.000000000Z no newline');
    script = [all, all];
    expect(await source().all({ follow: false })).to.deep.equal(['a', 'no newline']);
  });

  it('believes the end of what a container that lives has written when another reading came as far', async () => {
    script = [whole(line(1, 'a'), line(2, 'b')), whole(line(1, 'a')), whole(line(1, 'a'), line(2, 'b'), line(3, 'c'))];
    expect(await source().all({ follow: false })).to.deep.equal(['a', 'b', 'c']);
  });

  it('gives as many of the last lines as were asked for, though a container that lives writes more meanwhile', async () => {
    script = [whole(line(1, 'a')), whole(line(1, 'a'), line(2, 'b'))];
    expect(await source().all({ follow: false, tail: 1 })).to.deep.equal(['a']);
  });

  it('finds the last lines first, and follows what comes behind them', async () => {
    script = [whole(line(1, 'a'), line(2, 'b')), thenEnd(whole(line(2, 'b'), line(3, 'c'))), whole(line(3, 'c'))];
    expect(await source().all({ tail: 2 })).to.deep.equal(['a', 'b', 'c']);
    expect(logs().map(({ query }) => [query.get('follow'), query.get('tailLines')])).to.deep.equal([
      ['false', '2'],
      ['true', null],
      ['false', null],
    ]);
  });

  it('gives all that is written behind a log without a line, whatever happens to the connection', async () => {
    const many = [1, 2, 3, 4].map((seconds) => line(seconds, String(seconds)));
    script = [whole(), broken(), thenEnd(whole(...many)), whole(...many)];
    const events: LogEvent[] = [];
    for await (const event of createLogSource(stub.client, PATHS, noTime).read(
      POD,
      { ...FOLLOW, tail: 2 },
      gone.signal,
    ))
      events.push(event);
    const [first] = events;
    expect(first, 'where to take it up').to.deep.include({
      pieces: [],
      position: { pod: 'pod-1', timeNs: 0n, count: 0, bytes: 0 },
    });
    const texts = events.flatMap((event) => (event.kind === 'lines' ? event.pieces : []));
    expect(texts.map(({ bytes }) => Buffer.from(bytes).toString())).to.deep.equal(['1', '2', '3', '4']);
    expect(logs().map(({ query }) => query.get('tailLines'))).to.deep.equal(['2', null, null, null]);
  });

  it('goes on from a time behind which no line was read, without a gap', async () => {
    state = 'Succeeded';
    script = [whole(line(1, 'a'), line(2, 'b')), whole(line(2, 'b'))];
    const timeNs = BigInt(Date.parse('2026-11-23T06:00:01.500Z')) * 1_000_000n;
    expect(await source().all({ position: { pod: 'pod-1', timeNs, count: 0, bytes: 0 } })).to.deep.equal(['b']);
    expect(logs()[0]?.query.get('sinceTime')).to.equal('2026-11-23T06:00:01Z');
  });

  it('looks once more after a follow that ended, when the container has', async () => {
    script = [thenEnd(whole(line(1, 'a'))), whole(line(1, 'a'), line(2, 'last words')), whole(line(2, 'last words'))];
    expect(await source().all()).to.deep.equal(['a', 'last words']);
    expect(logs()[1]?.query.get('sinceTime')).to.equal('2026-11-23T06:00:00Z');
  });

  it('goes on when the stream ends although the container lives', async () => {
    script = [
      whole(line(1, 'a')),
      whole(line(1, 'a'), line(2, 'b')),
      thenEnd(whole(line(2, 'b'), line(3, 'c'))),
      whole(line(3, 'c')),
    ];
    expect(await source().all()).to.deep.equal(['a', 'b', 'c']);
  });

  it('neither loses nor repeats a line when the connection breaks in the middle of one', async () => {
    script = [
      broken(line(1, 'a'), '2026-11-23T06:00:02.000000000Z ha'),
      thenEnd(whole(line(1, 'a'), line(2, 'half'))),
      whole(line(2, 'half')),
    ];
    expect(await source().all()).to.deep.equal(['a', 'half']);
  });

  it('waits for a container that is being created', async () => {
    script = [
      (_, response) => refuse(response, 400, 'BadRequest', 'container "task" is waiting to start: ContainerCreating'),
      thenEnd(whole(line(1, 'a'))),
      whole(line(1, 'a')),
    ];
    expect(await source().all()).to.deep.equal(['a']);
  });

  it('does not take the API’s own words in the stream for the log', async () => {
    const both = whole(line(1, 'a'), line(2, 'b'));
    script = [thenEnd(whole(line(1, 'a'), 'unexpected stream type ""\n')), both, both];
    expect(await source().all()).to.deep.equal(['a', 'b']);
  });

  it('tells of lines that were rotated away', async () => {
    script = [whole(line(1, 'a')), thenEnd(whole(line(8, 'z'))), whole(line(8, 'z'))];
    expect(await source().all()).to.deep.equal(['a', 'gap: the log file was rotated before it was read', 'z']);
  });

  for (const away of ['gone', 'replaced'] as const) {
    it(`tells when the pod is ${away} before it was read`, async () => {
      state = away;
      expect(await source().all()).to.deep.equal(['gap: the pod is gone, and its log with it']);
    });
  }

  it('misses nothing of a pod that ended before its container was made', async () => {
    state = 'unstarted';
    expect(await source().all()).to.deep.equal([]);
    expect(logs(), 'no kubelet has a log of it').to.deep.equal([]);
  });

  it('ends when the pod goes after its log came to an end', async () => {
    script = [
      (request, response) => {
        state = 'gone';
        whole(line(1, 'a'))(request, response);
      },
    ];
    expect(await source().all()).to.deep.equal(['a']);
  });

  it('ends when the pod goes while its status still says that it lives', async () => {
    script = [
      whole(line(1, 'a')),
      (_, response) => {
        state = 'gone';
        refuse(response, 404, 'NotFound', 'pods "demo-pod" not found');
      },
    ];
    expect(await source().all()).to.deep.equal(['a']);
  });

  it('ends when the pod goes while its status still says that it lives, after readings that brought nothing new', async () => {
    const same = whole(line(1, 'a'));
    script = [
      same,
      same,
      same,
      (_, response) => {
        state = 'gone';
        refuse(response, 404, 'NotFound', 'pods "demo-pod" not found');
      },
    ];
    expect(await source().all()).to.deep.equal(['a']);
  });

  it('tells when the pod goes after a reading that broke off', async () => {
    script = [
      (request, response) => {
        state = 'gone';
        broken(line(1, 'a'))(request, response);
      },
    ];
    expect(await source().all()).to.deep.equal(['a', 'gap: the pod is gone, and its log with it']);
  });

  it('gives a last line without a newline, once the container has ended', async () => {
    state = 'Succeeded';
    const all = whole(line(1, 'a'), '2026-11-23T06:00:02.000000000Z no newline');
    script = [all, all];
    expect(await source().all()).to.deep.equal(['a', 'no newline']);
  });

  it('gives a last line without a newline when the pod goes behind it', async () => {
    state = 'Succeeded';
    script = [
      (request, response) => {
        state = 'gone';
        whole(line(1, 'a'), '2026-11-23T06:00:02.000000000Z no newline')(request, response);
      },
    ];
    expect(await source().all()).to.deep.equal(['a', 'no newline']);
  });

  it('gives up a log that no kubelet gives any more, in Kubernetes’ own words', async () => {
    state = 'Succeeded';
    script = Array.from(
      { length: 20 },
      (): Step => (_, response) => refuse(response, 500, 'InternalError', 'dial tcp 10.0.0.1:10250: no route to host'),
    );
    const [only, ...more] = await source().all();
    expect(only).to.equal('gap: the log cannot be read: dial tcp 10.0.0.1:10250: no route to host');
    expect(more).to.deep.equal([]);
  });

  describe('that does not begin', () => {
    let onLate: () => void;
    /** Between two attempts. */
    let pauses: number;
    /** Lets the time for an answer pass. */
    const silent: Step = () => onLate();

    beforeEach(() => {
      pauses = 0;
      wait = async (ms, signal) => {
        if (ms >= LONG_MS) {
          return new Promise((resolve) => {
            onLate = () => resolve(true);
            signal.addEventListener('abort', () => resolve(false));
          });
        }
        pauses += 1;
        return noTime(ms, signal);
      };
    });

    it('is asked for anew at once as long as its container lives, which is no failure', async () => {
      script = [
        ...Array.from({ length: 20 }, () => silent),
        thenEnd(silent),
        (_, response) => refuse(response, 500, 'InternalError', 'dial tcp 10.0.0.1:10250: i/o timeout'),
        whole(line(1, 'a')),
        whole(line(1, 'a')),
      ];
      expect(await source().all()).to.deep.equal(['a']);
      expect(pauses, 'one behind the failure').to.equal(1);
    });

    it('is given up when its container has ended', async () => {
      state = 'Succeeded';
      script = Array.from({ length: 20 }, () => silent);
      const [only, ...more] = await source().all();
      expect(only).to.equal(`gap: the log cannot be read: ${stub.config.server}: no answer in time`);
      expect(more).to.deep.equal([]);
    });
  });

  it('throws what will not pass', async () => {
    script = [(_, response) => refuse(response, 403, 'Forbidden', 'pods/log is forbidden')];
    expect(await failureOf(() => source().all())).to.include({ reason: 'CLUSTER_FORBIDDEN' });
  });

  it('closes its request when the reader leaves, and when the signal is aborted', async () => {
    const closed: number[] = [];
    const hang =
      (at: number): Step =>
      (_, response) => {
        response.once('close', () => closed.push(at));
        response.writeHead(200).write(line(1, 'a'));
      };
    script = [hang(1), hang(2)];
    for await (const event of source()) {
      expect(event.kind).to.equal('lines');
      break;
    }
    await eventually(() => closed.includes(1));
    const reading = source().all();
    await eventually(() => logs().length === 2);
    gone.abort();
    expect(await reading).to.satisfy((lines: string[]) => lines.every((text) => text === 'a'));
    await eventually(() => closed.includes(2));
  });

  it('asks for no more than its reader takes', async () => {
    const long = 'x'.repeat(1000);
    let written = 0;
    let blocked = false;
    script = [
      (_, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (written < 200_000_000 && !blocked) {
            written += 1000;
            blocked = !response.write(line(1, long));
          }
          response.once('drain', () => {
            blocked = false;
            more();
          });
        };
        more();
      },
    ];
    const iterator = source()[Symbol.asyncIterator]();
    await iterator.next();
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written, 'bytes that were sent to a reader who reads nothing').to.be.below(50_000_000);
    await iterator.return?.();
  });
});
