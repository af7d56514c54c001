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
  let beginnings: Beginnings;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'beginnings-test-'));
    stop = new AbortController();
    [asked, answers, waits] = [[], [], 0];
    const uses = {
      archive: new Archive(directory, Date.now),
      firstLines: {
        timeOf: ({ uid }: { uid: string }) => {
          asked.push(uid);
          return new Promise<bigint | undefined>((resolve) => answers.push(resolve));
        },
      },
      wait: (_: number, signal: AbortSignal) =>
        new Promise<boolean>((resolve) => {
          waits += 1;
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
});
