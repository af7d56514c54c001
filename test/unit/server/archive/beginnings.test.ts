import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Archive } from '../../../../server/archive/archive.js';
import { Beginnings } from '../../../../server/archive/beginnings.js';
import { eventually } from '../../../support/server/eventually.js';
import { pod, view } from '../../../support/server/views.js';

const { record: RECORD } = view([]);

describe('the beginnings of logs', () => {
  let directory: string;
  let stop: AbortController;
  /** Lets the next tick pass. */
  let tick: () => void;
  let waits: number;
  /** Uids of the pods that were asked about, and what answers each of them. */
  let asked: string[];
  let answers: ((timeNs: bigint | undefined) => void)[];
  /** Where no node answers. */
  let unreachable: boolean;
  /** How long was waited for each tick, in milliseconds. */
  let waitedMs: number[];
  let beginnings: Beginnings;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'beginnings-test-'));
    stop = new AbortController();
    [asked, answers, waits, unreachable, waitedMs] = [[], [], 0, false, []];
    const uses = {
      archive: new Archive(directory, Date.now),
      firstLines: {
        timeOf: ({ uid }: { uid: string }) => {
          asked.push(uid);
          if (unreachable) return Promise.reject(new Error('no answer'));
          return new Promise<bigint | undefined>((resolve) => answers.push(resolve));
        },
      },
      wait: (ms: number, signal: AbortSignal) =>
        new Promise<boolean>((resolve) => {
          waits += 1;
          waitedMs.push(ms);
          tick = () => resolve(!signal.aborted);
        }),
    };
    beginnings = new Beginnings(uses, stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    tick();
    for (const answer of answers) answer(undefined);
    await rm(directory, { recursive: true, force: true });
  });

  function watch(count: number, prefix: string): void {
    for (let index = 0; index < count; index += 1) {
      beginnings.watch(RECORD, pod({ uid: `${prefix}-${index}` }), () => true);
    }
  }

  /** Lets so many ticks pass, one after the other. */
  async function pass(ticks: number): Promise<void> {
    for (let count = 0; count < ticks; count += 1) {
      const before = waits;
      tick();
      await eventually(() => waits > before);
    }
  }

  it('are looked for after a second, of a few pods at a time however many there are', async () => {
    watch(1000, 'a');
    expect(waits, 'waits').to.equal(1);
    await pass(9);
    expect(asked).to.deep.equal([]);
    await pass(1);
    await eventually(() => asked.length === 2);
    await pass(5);
    await eventually(() => asked.length === 8);
    answers.shift()?.(undefined);
    answers.shift()?.(undefined);
    await pass(2);
    await eventually(() => asked.length === 10);
  });

  it('are looked for again where there was none, behind those of pods that are new', async () => {
    watch(1, 'a');
    await pass(9);
    tick();
    await eventually(() => asked.length === 1);
    answers.shift()?.(undefined);
    await eventually(() => waits === 11);
    await pass(10);
    watch(4, 'b');
    await pass(11);
    await eventually(() => asked.length === 5);
    expect(asked.toSorted()).to.deep.equal(['a-0', 'b-0', 'b-1', 'b-2', 'b-3']);
    answers.shift()?.(undefined);
    tick();
    await eventually(() => asked.length === 6);
    expect(asked[5]).to.equal('a-0');
  });

  it('are looked for less and less often while no node answers', async () => {
    watch(1000, 'a');
    unreachable = true;
    await pass(10);
    expect(waitedMs).to.deep.equal(Array.from({ length: 11 }, () => 100));
    const longest = async (ms: number): Promise<void> => {
      while (waitedMs.at(-1) !== ms) {
        expect(waitedMs.at(-1)).to.be.lessThan(ms);
        await pass(1);
      }
    };
    await longest(200);
    expect(asked.length).to.be.at.least(16);
    await longest(3200);
    unreachable = false;
    while (answers.length === 0) await pass(1);
    answers[0]?.(1n);
    while (waitedMs.at(-1) === 3200) await pass(1);
    expect(waitedMs.at(-1)).to.equal(100);
  });
});
