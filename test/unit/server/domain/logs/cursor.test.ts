import { expect } from 'chai';
import fc from 'fast-check';
import { Cursor } from '../../../../../server/domain/logs/cursor.js';
import { LineCutter, MAX_PIECE_BYTES } from '../../../../../server/domain/logs/pieces.js';

const SECOND = 1_000_000_000n;
const START = BigInt(Date.parse('2026-11-23T05:23:00Z')) * 1_000_000n;

interface Line {
  readonly timeNs: bigint;
  readonly text: string;
}

function render({ timeNs, text }: Line): string {
  const seconds = new Date(Number(timeNs / SECOND) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${(timeNs % SECOND).toString().padStart(9, '0')}Z ${text}\n`;
}

/** Times that often are the same, often are of the same second, and now and then stand in the wrong order. */
const lines = fc
  .array(
    fc.record({
      step: fc.constantFrom(0n, 0n, 1n, 400_000_000n, SECOND),
      late: fc.constantFrom(0n, 0n, 0n, 1n, 200_000_000n),
      length: fc.constantFrom(0, 3, 3, 3, 150_000),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map((steps) => {
    let nowNs = START;
    return steps.map(({ step, late, length }, at): Line => {
      nowNs += step;
      return { timeNs: nowNs - late, text: `${at}:${'x'.repeat(length)}` };
    });
  });

/** What the log API gives where the reader asks for the rest: lines of that second and later, as they stand in the file. */
function reading(all: readonly Line[], { sinceNs = 0n }: Cursor): Buffer {
  return Buffer.from(
    all
      .filter(({ timeNs }) => timeNs >= sinceNs)
      .map(render)
      .join(''),
  );
}

/** Reads so many bytes and no more, as if the connection broke off there; returns what was new. */
function read(cursor: Cursor, bytes: Buffer, upTo: number): { text: string; gaps: number } {
  const cutter = new LineCutter();
  let text = '';
  let gaps = 0;
  cursor.readAgain();
  for (const candidate of cutter.push(bytes.subarray(0, upTo))) {
    const { piece, gap } = cursor.take(candidate);
    if (gap) gaps += 1;
    if (piece) text += Buffer.from(piece.bytes).toString() + (piece.partial ? '' : '\n');
  }
  return { text, gaps };
}

describe('Cursor', () => {
  it('neither loses nor repeats anything, wherever the connection breaks, and however often', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), (all, breaks) => {
        const cursor = new Cursor('pod', undefined);
        let text = '';
        for (const share of [...breaks, 1]) {
          const bytes = reading(all, cursor);
          const got = read(cursor, bytes, Math.ceil(bytes.length * share));
          text += got.text;
          expect(got.gaps).to.equal(0);
        }
        expect(text).to.equal(all.map((line) => `${line.text}\n`).join(''));
      }),
      { numRuns: 200 },
    );
  });

  it('goes on in another process with nothing but its position', () => {
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const first = new Cursor('pod', undefined);
        const bytes = reading(all, first);
        const before = read(first, bytes, Math.ceil(bytes.length * share)).text;
        const second = new Cursor('pod', first.position);
        const after = read(second, reading(all, second), Infinity).text;
        expect(before + after).to.equal(all.map((line) => `${line.text}\n`).join(''));
      }),
      { numRuns: 200 },
    );
  });

  const three: readonly Line[] = [0n, 1n, 2n].map((step) => ({ timeNs: START + step * SECOND, text: `line ${step}` }));

  it('notices that lines were rotated away', () => {
    const cursor = new Cursor('pod', undefined);
    read(cursor, reading(three.slice(0, 1), cursor), Infinity);
    expect(read(cursor, reading(three.slice(2), cursor), Infinity)).to.deep.equal({ text: 'line 2\n', gaps: 1 });
  });

  it('does not take a log that goes on for one that was rotated', () => {
    const cursor = new Cursor('pod', undefined);
    read(cursor, reading(three.slice(0, 1), cursor), Infinity);
    expect(read(cursor, reading(three, cursor), Infinity)).to.deep.equal({
      text: 'line 1\nline 2\n',
      gaps: 0,
    });
  });

  it('takes two lines in the wrong order for what they are, also where a reading ends between them or behind them', () => {
    const swapped: readonly Line[] = [
      { timeNs: START - 2n, text: 'before' },
      { timeNs: START, text: 'to stdout' },
      { timeNs: START - 1n, text: 'to stderr' },
    ];
    for (const first of [2, 3]) {
      const cursor = new Cursor('pod', undefined);
      const { text } = read(cursor, reading(swapped.slice(0, first), cursor), Infinity);
      const { text: rest, gaps } = read(cursor, reading(swapped, cursor), Infinity);
      expect({ text: text + rest, gaps }).to.deep.equal({ text: 'before\nto stdout\nto stderr\n', gaps: 0 });
    }
  });

  it('counts lines of one time, and bytes of a long line behind them', () => {
    const same: readonly Line[] = [
      { timeNs: START, text: 'a' },
      { timeNs: START, text: 'b' },
      { timeNs: START, text: 'x'.repeat(2 * MAX_PIECE_BYTES + 5) },
    ];
    const cursor = new Cursor('pod', undefined);
    const bytes = reading(same, cursor);
    read(cursor, bytes, bytes.length - 10);
    expect(cursor.position).to.deep.equal({ pod: 'pod', timeNs: START, count: 2, bytes: MAX_PIECE_BYTES });
    read(cursor, bytes, Infinity);
    expect(cursor.position).to.deep.equal({ pod: 'pod', timeNs: START, count: 3, bytes: 0 });
  });

  it('has no position before anything was read', () => {
    expect(new Cursor('pod', undefined).position).to.equal(undefined);
  });
});
