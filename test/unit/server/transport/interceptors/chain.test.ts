import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import type { AnyHandler, CallContext, ServiceDefinition } from '../../../../../bridge/handler.js';
import { Metadata } from '../../../../../bridge/metadata.js';
import { Code, StatusError } from '../../../../../bridge/status.js';
import { TaskError } from '../../../../../server/domain/errors.js';
import { intercept } from '../../../../../server/transport/interceptors/chain.js';
import { userOf } from '../../../../../server/transport/interceptors/identity.js';

const codec = {
  requestStream: false,
  requestSerialize: () => Buffer.alloc(0),
  requestDeserialize: () => ({}),
  responseSerialize: () => Buffer.alloc(0),
  responseDeserialize: () => ({}),
};
const SERVICE: ServiceDefinition = {
  one: { ...codec, path: '/s/One', responseStream: false },
  many: { ...codec, path: '/s/Many', responseStream: true },
  open: { ...codec, path: '/s/Open', responseStream: false },
};

function contextOf(
  method: string,
  users: readonly string[] = ['ann'],
  signal = new AbortController().signal,
): CallContext {
  const metadata = new Metadata();
  for (const user of users) metadata.append('x-user', user);
  return { method, metadata, peer: '', deadline: undefined, signal, sendHeader: () => {}, setTrailer: () => {} };
}

async function outcome(work: Promise<unknown> | AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    if (work instanceof Promise) seen.push(await work);
    else for await (const item of work) seen.push(item);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const { code } = error;
    seen.push(Object.entries(Code).find(([, value]) => value === code)?.[0]);
  }
  return seen;
}

describe('the interceptors', () => {
  const reports: string[] = [];
  let stopping: AbortController;
  beforeEach(() => {
    stopping = new AbortController();
    reports.length = 0;
  });

  function service(handlers: Record<string, AnyHandler> = {}, token?: string): Record<string, AnyHandler> {
    const standard: Record<string, AnyHandler> = {
      one: async (_, context) => userOf(context),
      open: async () => 'anybody',
      many: async function* (_, context) {
        yield userOf(context);
      },
    };
    const report = (method: string): void => {
      reports.push(method);
    };
    const anonymous = new Set(['/s/Open']);
    return intercept(SERVICE, { ...standard, ...handlers }, { stopping: stopping.signal, report, token, anonymous });
  }
  const call = (
    key: 'one' | 'many' | 'open',
    context = contextOf(SERVICE[key]?.path ?? ''),
    handlers?: Record<string, AnyHandler>,
  ): Promise<unknown[]> => outcome(service(handlers)[key]?.({}, context) ?? Promise.reject(new Error(key)));

  it('tell handlers who calls', async () => {
    expect(await call('one', contextOf('/s/One', [' ann ']))).to.deep.equal(['ann']);
    expect(await call('many')).to.deep.equal(['ann']);
  });

  for (const [title, users] of [
    ['nobody', []],
    ['an empty name', ['']],
    ['blanks', ['  ']],
    ['two names', ['ann', 'bob']],
    ['a name with control characters', ['a\u001b[2Jb']],
    ['a name that is too long', ['x'.repeat(257)]],
  ] as const) {
    it(`refuse ${title}, on calls and streams alike`, async () => {
      expect(await call('one', contextOf('/s/One', users))).to.deep.equal(['UNAUTHENTICATED']);
      expect(await call('many', contextOf('/s/Many', users))).to.deep.equal(['UNAUTHENTICATED']);
    });
  }

  it('let nobody call without the token, where there is one, but where anybody may', async () => {
    const guarded = service({}, 'a-long-enough-token');
    const answer = async (key: 'one' | 'many' | 'open', header: string | undefined): Promise<unknown> => {
      const context = contextOf(SERVICE[key]?.path ?? '');
      if (header !== undefined) context.metadata.append('authorization', header);
      return (await outcome(guarded[key]?.({}, context) ?? Promise.reject(new Error(key))))[0];
    };
    for (const header of ['Bearer a-long-enough-token', 'bearer  a-long-enough-token ']) {
      expect(await answer('one', header)).to.equal('ann');
      expect(await answer('many', header)).to.equal('ann');
    }
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer other',
      'a-long-enough-token',
      'Bearer a-long-enough-token x',
    ]) {
      expect(await answer('one', header), header).to.equal('UNAUTHENTICATED');
      expect(await answer('many', header), header).to.equal('UNAUTHENTICATED');
    }
    expect(await answer('open', undefined)).to.equal('anybody');
  });

  it('ask nobody who he is where it does not matter', async () => {
    expect(await call('open', contextOf('/s/Open', []))).to.deep.equal(['anybody']);
  });

  it('turn errors into statuses, also in the middle of a stream, and report what nobody foresaw', async () => {
    const foreseen = new TaskError('QUOTA_EXCEEDED', 'full');
    const handlers: Record<string, AnyHandler> = {
      one: () => Promise.reject(foreseen),
      open: () => {
        throw new Error('bug');
      },
      many: async function* () {
        yield 1;
        throw new Error('bug');
      },
    };
    expect(await call('one', undefined, handlers)).to.deep.equal(['RESOURCE_EXHAUSTED']);
    expect(reports).to.deep.equal([]);
    expect(await call('open', undefined, handlers)).to.deep.equal(['INTERNAL']);
    expect(await call('many', undefined, handlers)).to.deep.equal([1, 'INTERNAL']);
    expect(reports).to.deep.equal(['/s/Open', '/s/Many']);
  });

  const untilAborted: AnyHandler = async function* (_: unknown, { signal }: CallContext) {
    yield 1;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  };

  it('end streams when the server stops, and say that it is not the end', async () => {
    const reading = call('many', undefined, { many: untilAborted });
    await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    expect(await reading).to.deep.equal([1, 'UNAVAILABLE']);
    expect(await call('many', undefined, { many: untilAborted }), 'one that begins then').to.deep.equal([
      1,
      'UNAVAILABLE',
    ]);
  });

  it('let calls finish when the server stops', async () => {
    stopping.abort();
    expect(await call('one')).to.deep.equal(['ann']);
  });

  it('tell a deadline from a caller who has gone', async () => {
    for (const [reason, code] of [
      [new DOMException('late', 'TimeoutError'), 'DEADLINE_EXCEEDED'],
      [undefined, 'CANCELLED'],
    ] as const) {
      const gone = new AbortController();
      const reading = call('many', contextOf('/s/Many', ['ann'], gone.signal), { many: untilAborted });
      gone.abort(reason);
      expect((await reading).at(-1)).to.equal(code);
    }
    expect(reports).to.deep.equal([]);
  });

  it('leave nothing behind on the signal of the server', async () => {
    const before = listenerCount(stopping.signal);
    await Promise.all(Array.from({ length: 20 }, () => call('many')));
    expect(listenerCount(stopping.signal)).to.equal(before);
  });

  it('are not made for a service with a handler missing', () => {
    const options = { stopping: stopping.signal, report: () => {}, token: undefined, anonymous: new Set<string>() };
    expect(() => intercept(SERVICE, {}, options)).to.throw('no handler for one');
  });
});

function listenerCount(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}
