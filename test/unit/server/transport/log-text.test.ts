import { expect } from 'chai';
import type { LogMessage } from '../../../../server/domain/logs.js';
import type { LogPiece } from '../../../../server/domain/ports.js';
import { logText, type TextOptions } from '../../../../server/transport/log-text.js';

const PLAIN: TextOptions = { several: false, timestamps: false };
const TIME_NS = BigInt(Date.parse('2026-11-23T05:23:00Z')) * 1_000_000n + 5n;

const piece = (text: string | Buffer, partial = false): LogPiece => ({
  timeNs: TIME_NS,
  bytes: Buffer.from(text),
  partial,
  newline: !partial,
});

const entries = (...nodes: [number, ...LogPiece[]][]): LogMessage => ({
  kind: 'entries',
  entries: nodes.map(([node, ...pieces]) => ({ node, pieces })),
  resumeToken: '',
});

async function text(messages: readonly LogMessage[], options: Partial<TextOptions> = {}): Promise<string[]> {
  const source = async function* (): AsyncGenerator<LogMessage, void, undefined> {
    yield* messages;
  };
  const found: string[] = [];
  for await (const { contentType, data } of logText(source(), { ...PLAIN, ...options })) {
    expect(contentType).to.equal('text/plain; charset=utf-8');
    found.push(Buffer.from(data).toString('latin1'));
  }
  return found;
}

describe('logText', () => {
  it('holds whole lines without the last newline', async () => {
    expect(await text([entries([0, piece('a'), piece('b')]), entries([0, piece('')])])).to.deep.equal(['a\nb', '']);
  });

  it('puts node and time in front of each line', async () => {
    const message = (): LogMessage => entries([0, piece('a')], [12, piece('b')]);
    expect(await text([message()], { several: true })).to.deep.equal(['node-0 | a\nnode-12 | b']);
    expect(await text([message()], { several: true, timestamps: true })).to.deep.equal([
      'node-0 | 2026-11-23T05:23:00.000000005Z a\nnode-12 | 2026-11-23T05:23:00.000000005Z b',
    ]);
  });

  it('puts lines together that came in pieces, each node for itself', async () => {
    const messages = [
      entries([0, piece('a', true)], [1, piece('x', true)]),
      entries([0, piece('b', true)]),
      entries([1, piece('y')], [0, piece('c')]),
    ];
    expect(await text(messages, { several: true })).to.deep.equal(['node-1 | xy\nnode-0 | abc']);
  });

  it('tells a line that is too long for memory in several', async () => {
    const mega = Buffer.alloc(512 * 1024, 'x');
    const lines = await text([entries([0, piece(mega, true), piece(mega, true), piece('end')])]);
    expect(
      lines
        .join('\n')
        .split('\n')
        .map((line) => line.length),
    ).to.deep.equal([1024 * 1024, 3]);
  });

  it('gives what there is of a line whose end never comes', async () => {
    expect(await text([entries([0, piece('cut off', true)])], { several: true })).to.deep.equal(['node-0 | cut off']);
  });

  it('leaves bytes as they are', async () => {
    expect(await text([entries([0, piece(Buffer.from([0xff, 0x00, 0xc3]))])])).to.deep.equal(['\xff\x00\xc3']);
  });

  it('leaves out what is no line', async () => {
    expect(await text([{ kind: 'heartbeat', timeMs: 1, outage: undefined }, entries()])).to.deep.equal([]);
  });
});
