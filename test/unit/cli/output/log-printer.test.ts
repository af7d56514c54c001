import { expect } from 'chai';
import { array, assert, asyncProperty, boolean, record, uint8Array } from 'fast-check';
import { createLogPrinter, type LogStyle } from '../../../../cli/output/log-printer.js';
import { COLOURED, type Style } from '../../../../cli/output/style.js';
import { TaskLogEntry } from '../../../../gen/k8scli/v1/task_service.js';

const NO_COLOURS: Style = (_paint, text) => text;
const PLAIN: LogStyle = { prefix: false, timestamps: false, style: NO_COLOURS };
const PREFIXED: LogStyle = { prefix: true, timestamps: false, style: NO_COLOURS };

type Piece = Parameters<typeof TaskLogEntry.fromPartial>[0];

async function print(style: LogStyle, pieces: readonly Piece[]): Promise<Buffer> {
  const written: Buffer[] = [];
  const printer = createLogPrinter(style, async (bytes) => {
    written.push(bytes);
  });
  for (const piece of pieces) await printer.entries([TaskLogEntry.fromPartial(piece)]);
  await printer.flush();
  return Buffer.concat(written);
}

describe('createLogPrinter', () => {
  it('leaves a last line without newline as it is when there is one node', async () => {
    const printed = await print(PLAIN, [
      { text: 'a', newline: true },
      { text: 'b', newline: false },
    ]);
    expect(printed.toString()).to.equal('a\nb');
  });

  it('gives back exactly the bytes of a single node, however they were cut', async () => {
    const bytes = uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const line = record({ pieces: array(bytes, { minLength: 1, maxLength: 4 }) });
    await assert(
      asyncProperty(array(line, { maxLength: 10 }), boolean(), async (whole, lastEnds) => {
        const entries = whole.flatMap(({ pieces }, index) =>
          pieces.map((raw, position) => {
            const last = position === pieces.length - 1;
            return { raw, partial: !last, newline: last && (lastEnds || index < whole.length - 1) };
          }),
        );
        const expected = entries.flatMap(({ raw, newline }) => (newline ? [raw, Buffer.from('\n')] : [raw]));
        expect((await print(PLAIN, entries)).equals(Buffer.concat(expected))).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps lines of several nodes whole: pieces wait until their line ends', async () => {
    const printed = await print(PREFIXED, [
      { node: 0, text: 'begin ', partial: true },
      { node: 1, text: 'other', newline: true },
      { node: 0, text: 'middle ', partial: true },
      { node: 0, text: 'end', newline: true },
      { node: 1, text: 'no newline', newline: false },
      { node: 0, text: 'next', newline: true },
    ]);
    expect(printed.toString().split('\n')).to.deep.equal([
      'node-1 | other',
      'node-0 | begin middle end',
      'node-1 | no newline',
      'node-0 | next',
      '',
    ]);
  });

  it('prints what is left of a line that never ended', async () => {
    const printed = await print(PREFIXED, [
      { node: 0, text: 'left', partial: true },
      { node: 1, text: 'over', partial: true },
    ]);
    expect(printed.toString()).to.equal('node-0 | left\nnode-1 | over\n');
  });

  it('puts the time between node and line, only at the beginning of lines', async () => {
    const time = { seconds: 1_700_000_000n, nanos: 7 };
    const pieces = [
      { node: 2, text: 'a', partial: true, time },
      { node: 2, text: 'b', newline: true, time },
    ];
    expect((await print({ prefix: true, timestamps: true, style: NO_COLOURS }, pieces)).toString()).to.equal(
      'node-2 | 2023-11-14T22:13:20.000000007Z ab\n',
    );
    expect((await print({ prefix: false, timestamps: true, style: NO_COLOURS }, pieces)).toString()).to.equal(
      '2023-11-14T22:13:20.000000007Z ab\n',
    );
  });

  it('gives each node a colour of its own, and the line none', async () => {
    const pieces = [0, 1].map((node) => ({ node, text: 'x', newline: true }));
    const printed = await print({ prefix: true, timestamps: false, style: COLOURED }, pieces);
    expect(printed.toString()).to.equal('\u001b[36mnode-0 |\u001b[39m x\n\u001b[32mnode-1 |\u001b[39m x\n');
  });

  it('does not keep back a line without bounds', async () => {
    const sizes: number[] = [];
    const printer = createLogPrinter(PREFIXED, async (bytes) => {
      sizes.push(bytes.length);
    });
    const piece = 'x'.repeat(64 * 1024);
    for (let i = 0; i < 64; i++)
      await printer.entries([TaskLogEntry.fromPartial({ node: 0, text: piece, partial: true })]);
    expect(sizes[0]).to.equal('node-0 | '.length + 1024 * 1024);
    expect(sizes).to.have.length(49);
    await printer.entries([TaskLogEntry.fromPartial({ node: 1, text: 'b', newline: true })]);
    expect(sizes.at(-1)).to.equal('\nnode-1 | b\n'.length);
  });
});
