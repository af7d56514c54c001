import { expect } from 'chai';
import { ClientError } from '../../../client/errors.js';
import { backoffMs, goneIsDone, withRetry } from '../../../client/retry.js';

const POLICY = { attempts: 3, baseMs: 2, maxMs: 10 };
const FAR = Number.POSITIVE_INFINITY;
const unavailable = (): ClientError => new ClientError('away', { code: 'UNAVAILABLE' });

describe('withRetry', () => {
  it('tries until the call succeeds', async () => {
    let calls = 0;
    const result = await withRetry(POLICY, FAR, undefined, async () => {
      if (++calls < 3) throw unavailable();
      return 'done';
    });
    expect([result, calls]).to.deep.equal(['done', 3]);
  });

  for (const [code, message] of [
    ['INTERNAL', 'Received RST_STREAM with code 2 triggered by internal client error: write EPIPE'],
    ['CANCELLED', 'Call cancelled'],
  ] as const) {
    it(`tries again where the connection broke: ${code}, but not what the caller gave up`, async () => {
      for (const aborted of [false, true]) {
        let calls = 0;
        const { signal } = new AbortController();
        const call = withRetry(POLICY, FAR, aborted ? AbortSignal.abort() : signal, async () => {
          if (++calls === 1) throw new ClientError(message, { code });
          return 'done';
        });
        const result = await call.catch((error: unknown) => (error as Error).message);
        expect([result, calls]).to.deep.equal(aborted ? [message, 1] : ['done', 2]);
      }
    });
  }

  it('does not try again what the server failed at', async () => {
    const failed = new ClientError('internal error 1', { code: 'INTERNAL' });
    const call = withRetry(
      POLICY,
      FAR,
      undefined,
      () => Promise.reject(failed),
      () => expect.fail('tried again'),
    );
    expect(await call.catch((error: unknown) => error)).to.equal(failed);
  });

  it('tells of the try that reached the server, not of a later one that found nobody', async () => {
    let calls = 0;
    const call = withRetry(POLICY, FAR, undefined, async () => {
      calls++;
      if (calls === 1) throw new ClientError('cut off', { code: 'UNAVAILABLE' });
      throw new ClientError('nobody', { code: 'UNAVAILABLE', unreachable: 'connection refused' });
    });
    expect(await call.catch((error: unknown) => error)).to.include({ message: 'cut off', unreachable: undefined });
    expect(calls).to.equal(3);
  });

  it('tells that a try may have had its effect, although the next ones could not even begin; and of each that is tried again', async () => {
    const begun = (message: string, metadata = {}) => new ClientError(message, { code: 'UNAVAILABLE', metadata });
    const failures = [
      begun('cut off'),
      begun('no cluster', { begun: 'false' }),
      begun('no cluster', { begun: 'false' }),
    ];
    const told: string[] = [];
    const calls = failures.values();
    const fail = async (): Promise<never> => {
      throw calls.next().value ?? new Error('too many');
    };
    const call = withRetry(POLICY, FAR, undefined, fail, ({ message }) => told.push(message));
    expect(await call.catch((error: unknown) => error)).to.include({ message: 'cut off', isHarmless: false });
    expect(told).to.deep.equal(['cut off', 'no cluster']);
  });

  it('tells why there was no answer when the time is up during a later try', async () => {
    let calls = 0;
    const call = withRetry(POLICY, FAR, undefined, async () => {
      if (++calls === 1) throw new ClientError('no cluster', { code: 'UNAVAILABLE' });
      throw new ClientError('Deadline exceeded', { code: 'DEADLINE_EXCEEDED' });
    });
    expect(await call.catch((error: unknown) => error)).to.include({
      code: 'DEADLINE_EXCEEDED',
      message: 'no cluster',
    });
    expect(calls).to.equal(2);
  });

  it('does not wait beyond the deadline', async () => {
    let calls = 0;
    const call = withRetry(
      { ...POLICY, baseMs: 60_000, maxMs: 60_000 },
      performance.now() + 1_000,
      undefined,
      async () => {
        calls++;
        throw unavailable();
      },
    );
    expect(await call.catch((error: unknown) => error)).to.include({ code: 'UNAVAILABLE' });
    expect(calls).to.equal(1);
  });

  it('stops waiting when it is aborted', async () => {
    const abort = new AbortController();
    const call = withRetry({ ...POLICY, baseMs: 60_000, maxMs: 60_000 }, FAR, abort.signal, async () => {
      setImmediate(() => abort.abort());
      throw unavailable();
    });
    expect(await call.catch((error: unknown) => error)).to.include({ code: 'CANCELLED' });
  });
});

describe('goneIsDone', () => {
  const notFound = new ClientError('no such thing', { code: 'NOT_FOUND' });
  const inTurn = (...errors: readonly ClientError[]): (() => Promise<string>) => {
    const left = [...errors];
    return async () => {
      const error = left.shift();
      if (error) throw error;
      return 'answered';
    };
  };
  const details = [{ type: 'google.rpc.ErrorInfo', value: {} }];
  const cases: readonly (readonly [what: string, errors: readonly ClientError[], result: string])[] = [
    ['an answer that was lost', [unavailable(), notFound], 'done'],
    [
      'a lost answer, then nobody there',
      [unavailable(), new ClientError('', { code: 'UNAVAILABLE', unreachable: 'x' }), notFound],
      'done',
    ],
    ['nothing', [notFound], 'no such thing'],
    ['nobody there', [new ClientError('', { code: 'UNAVAILABLE', unreachable: 'refused' }), notFound], 'no such thing'],
    ['a failure of the server', [new ClientError('no cluster', { code: 'UNAVAILABLE', details }), notFound], 'done'],
    [
      'a failure of the server that says that nothing was done',
      [new ClientError('no cluster', { code: 'UNAVAILABLE', details, metadata: { begun: 'false' } }), notFound],
      'no such thing',
    ],
    ['an answer that was lost, and an answer', [unavailable()], 'answered'],
  ];
  for (const [what, errors, result] of cases) {
    it(`NOT_FOUND after ${what}: ${result}`, async () => {
      const call = withRetry(POLICY, FAR, undefined, goneIsDone(inTurn(...errors), 'done'));
      expect(await call.catch((error: unknown) => (error as Error).message)).to.equal(result);
    });
  }
});

describe('backoffMs', () => {
  it('doubles up to its limit, half of it by chance', () => {
    const none = [1, 2, 3, 9].map((attempt) => backoffMs(POLICY, attempt, () => 0));
    const all = [1, 2, 3, 9].map((attempt) => backoffMs(POLICY, attempt, () => 1));
    expect(none).to.deep.equal([1, 2, 4, 5]);
    expect(all).to.deep.equal([2, 4, 8, 10]);
  });
});
