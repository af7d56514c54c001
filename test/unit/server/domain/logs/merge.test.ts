import { expect } from 'chai';
import fc from 'fast-check';
import { merge } from '../../../../../server/domain/logs/merge.js';
import { FakeClock, settle } from '../../../../support/server/fake-clock.js';

/** A source that gives what a test puts in, and counts how often it was asked. */
class Source<T> implements AsyncIterable<T> {
  asked = 0;
  closed = false;
  #answer: { resolve: (result: IteratorResult<T>) => void; reject: (error: unknown) => void } | undefined;

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () => {
        this.asked += 1;
        return new Promise((resolve, reject) => {
          this.#answer = { resolve, reject };
        });
      },
      return: () => {
        this.closed = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  give(value: T): void {
    this.#answer?.resolve({ done: false, value });
  }

  end(): void {
    this.#answer?.resolve({ done: true, value: undefined });
  }

  fail(error: Error): void {
    this.#answer?.reject(error);
  }
}

async function* from<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}

describe('merge', () => {
  it('gives everything of every source, each in its order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(), { maxLength: 8 }), { maxLength: 5 }), async (lists) => {
        const got = lists.map((): number[] => []);
        const sources = lists.map((list, at) => from(list.map((value) => ({ at, value }))));
        for await (const batch of merge(sources)) {
          expect(new Set(batch.map(({ at }) => at)).size, 'one item of a source in a batch').to.equal(batch.length);
          for (const { at, value } of batch) got[at]?.push(value);
        }
        expect(got).to.deep.equal(lists);
      }),
      { numRuns: 50 },
    );
  });

  it('does not ask a source again before its item was taken', async () => {
    const source = new Source<number>();
    const merged = merge([source]);
    const first = merged.next();
    source.give(1);
    expect(await first).to.deep.equal({ done: false, value: [1] });
    await settle();
    expect(source.asked, 'while the consumer is busy').to.equal(1);
    const second = merged.next();
    await settle();
    expect(source.asked).to.equal(2);
    source.end();
    expect((await second).done).to.equal(true);
  });

  it('goes on with the others while one is silent', async () => {
    const [quiet, busy] = [new Source<string>(), new Source<string>()];
    const merged = merge([quiet, busy]);
    for (const text of ['a', 'b', 'c']) {
      const next = merged.next();
      await settle();
      busy.give(text);
      expect((await next).value).to.deep.equal([text]);
    }
    const both = merged.next();
    await settle();
    busy.give('d');
    quiet.give('late');
    expect((await both).value).to.deep.equal(['d', 'late']);
  });

  it('ends with the error of one source, and closes all', async () => {
    const [good, bad] = [new Source<number>(), new Source<number>()];
    const merged = merge([good, bad]);
    const next = merged.next();
    bad.fail(new Error('broken'));
    expect(await next.catch((error: unknown) => error))
      .to.be.an('error')
      .with.property('message', 'broken');
    expect([good.closed, bad.closed]).to.deep.equal([true, true]);
  });

  it('closes its sources when the consumer leaves', async () => {
    const sources = [new Source<number>(), new Source<number>()];
    const merged = merge(sources);
    const next = merged.next();
    sources[0]?.give(1);
    await next;
    await merged.return();
    expect(sources.map(({ closed }) => closed)).to.deep.equal([true, true]);
  });

  it('yields nothing when nothing came for so long, and only then', async () => {
    const source = new Source<number>();
    const clock = new FakeClock();
    const merged = merge([source], { ms: 5, clock });
    const idle = merged.next();
    await clock.advance(4);
    source.give(7);
    expect((await idle).value).to.deep.equal([7]);
    await clock.advance(1);
    const quiet = merged.next();
    await clock.advance(4);
    expect(clock.sleeping).to.equal(1);
    await clock.advance(1);
    expect((await quiet).value).to.deep.equal([]);
    const busy = merged.next();
    await settle();
    source.give(8);
    expect((await busy).value).to.deep.equal([8]);
    expect(source.asked, 'an idle batch asks nobody again').to.equal(2);
    await merged.return();
    await settle();
    expect(clock.sleeping).to.equal(0);
  });

  it('ends at once without sources', async () => {
    expect((await merge([]).next()).done).to.equal(true);
  });
});
