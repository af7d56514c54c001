import { expect } from 'chai';
import fc from 'fast-check';
import type { LogPiece } from '../../../../../server/domain/ports.js';
import { LineCutter, MAX_PIECE_BYTES, NotALogLine } from '../../../../../server/domain/logs/pieces.js';

const TIME = '2026-11-23T05:23:00.123456789Z';

function cut(chunks: readonly Buffer[]): LogPiece[] {
  const cutter = new LineCutter();
  const pieces = chunks.flatMap((chunk) => cutter.push(chunk));
  return [...pieces, ...cutter.end()];
}

/** The bytes in chunks of these sizes, over and over. */
function inChunks(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** Lines of a log: any bytes but the newline, some of them long. */
const content = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: MAX_PIECE_BYTES - 80, max: 3 * MAX_PIECE_BYTES })
      .map((n) => new Uint8Array(n).fill(65)),
  },
);
const log = fc.array(
  content.map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 11 : byte)))),
  { minLength: 1, maxLength: 12 },
);

function render(lines: readonly Buffer[], newline: boolean): Buffer {
  const parts = lines.map((line) => Buffer.concat([Buffer.from(`${TIME} `), line]));
  const body = parts.flatMap((part, at) => (at === 0 ? [part] : [Buffer.from('\n'), part]));
  return Buffer.concat(newline ? [...body, Buffer.from('\n')] : body);
}

/** The lines again, from their pieces. */
function join(pieces: readonly LogPiece[]): Buffer[] {
  const lines: Buffer[] = [];
  let open: Uint8Array[] = [];
  for (const { bytes, partial } of pieces) {
    open.push(bytes);
    if (partial) continue;
    lines.push(Buffer.concat(open));
    open = [];
  }
  return lines;
}

describe('LineCutter', () => {
  it('gives every byte of every line, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        log,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 6 }),
        (lines, newline, sizes) => {
          const pieces = cut(inChunks(render(lines, newline), sizes));
          expect(join(pieces).map((line) => line.toString('hex'))).to.deep.equal(
            lines.map((line) => line.toString('hex')),
          );
          expect(pieces.every(({ bytes }) => bytes.length <= MAX_PIECE_BYTES)).to.equal(true);
          expect(pieces.at(-1)?.newline).to.equal(newline);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('cuts a line into the same pieces, whether it comes at once or byte by byte', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 500, max: 90_000 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const bytes = render([Buffer.alloc(200_000, 'x'), Buffer.from('end')], true);
        const shape = (pieces: readonly LogPiece[]): unknown => pieces.map((own) => [own.bytes.length, own.partial]);
        expect(shape(cut(inChunks(bytes, sizes)))).to.deep.equal(shape(cut([bytes])));
      }),
      { numRuns: 50 },
    );
  });

  it('holds a last line back until the log has ended', () => {
    const cutter = new LineCutter();
    expect(cutter.push(Buffer.from(`${TIME} almost`))).to.deep.equal([]);
    expect(cutter.end()).to.have.length(1);
    expect(cutter.end(), 'only once').to.deep.equal([]);
  });

  it('does not keep what it was given alive or change with it', () => {
    const cutter = new LineCutter();
    const chunk = Buffer.from(`${TIME} one\n${TIME} tw`);
    const [first] = cutter.push(chunk);
    chunk.fill(0);
    expect(Buffer.from(first?.bytes ?? []).toString()).to.equal('one');
    const [second] = cutter.push(Buffer.from('o\n'));
    expect(Buffer.from(second?.bytes ?? []).toString()).to.equal('two');
  });

  it('takes an empty line with and without the blank behind its time', () => {
    expect(cut([Buffer.from(`${TIME}\n${TIME} \n`)]).map(({ bytes }) => bytes.length)).to.deep.equal([0, 0]);
  });

  for (const text of ['failed to watch file: no space left\n', '\n', 'x'.repeat(MAX_PIECE_BYTES + 100)]) {
    it(`does not take ${JSON.stringify(text.slice(0, 20))} for a line of the log`, () => {
      expect(() => cut([Buffer.from(`${TIME} good\n${text}`)])).to.throw(NotALogLine);
    });
  }
});
