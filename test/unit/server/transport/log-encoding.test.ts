import { expect } from 'chai';
import fc from 'fast-check';
import { StreamTaskLogsResponse, type TaskLogEntry } from '../../../../gen/k8scli/v1/task_service.js';
import { encodeLogMessage } from '../../../../server/transport/log-encoding.js';
import { PieceEntry } from '../../../../server/transport/piece-entry.js';

const PIECE = fc.record({
  timeNs: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 20n }),
  bytes: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 20 }),
  ),
  partial: fc.boolean(),
  newline: fc.boolean(),
});

/** The same message in generated objects. */
function plain({ entries, ...rest }: StreamTaskLogsResponse): StreamTaskLogsResponse {
  const copies = entries.map(({ node, time, text, raw, partial, newline }) => ({
    node,
    time,
    text,
    raw,
    partial,
    newline,
  }));
  return { ...rest, entries: copies };
}

describe('encodeLogMessage', () => {
  it('makes the bytes that the generated code makes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), PIECE), { maxLength: 5 }), fc.string(), (pieces, resumeToken) => {
        const entries = pieces.map(([node, piece]) => new PieceEntry(node, piece));
        const message = { ...StreamTaskLogsResponse.fromPartial({ resumeToken }), entries };
        const expected = StreamTaskLogsResponse.encode(plain(message)).finish();
        expect(encodeLogMessage(message).toString('hex')).to.equal(Buffer.from(expected).toString('hex'));
      }),
    );
  });

  it('takes entries of any making', () => {
    const message = StreamTaskLogsResponse.fromPartial({ entries: [{ node: 1, text: 'a' }], resumeToken: 'x' });
    expect(StreamTaskLogsResponse.decode(encodeLogMessage(message))).to.deep.equal(message);
  });
});

describe('PieceEntry', () => {
  const entryOf = (bytes: Buffer): TaskLogEntry =>
    new PieceEntry(0, { timeNs: 1_500_000_000n, bytes, partial: false, newline: true });

  it('has UTF-8 as text, with its byte order mark, and everything else as bytes', () => {
    const text = entryOf(Buffer.from('\uFEFFgrüße'));
    expect(text).to.include({ text: '\uFEFFgrüße', newline: true });
    expect(text.raw).to.have.length(0);
    expect(text.time).to.deep.equal({ seconds: 1n, nanos: 500_000_000 });
    const bytes = entryOf(Buffer.from([0xc3]));
    expect(bytes.text).to.equal('');
    expect([...bytes.raw]).to.deep.equal([0xc3]);
  });
});
