import { expect } from 'chai';
import fc from 'fast-check';
import { decodeLogMessage } from '../../../client/log-decoding.js';
import { StreamTaskLogsResponse } from '../../../gen/k8scli/v1/task_service.js';

const ENTRY = fc.record({
  node: fc.oneof(fc.nat(), fc.constant(-1)),
  time: fc.option(
    fc.record({ seconds: fc.bigInt({ min: -(2n ** 40n), max: 2n ** 45n }), nanos: fc.nat({ max: 999_999_999 }) }),
    { nil: undefined },
  ),
  text: fc.string({ unit: 'binary', maxLength: 300 }),
  raw: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  partial: fc.boolean(),
  newline: fc.boolean(),
});

/** What is made of the bytes, or that they are refused. */
function result(decode: (bytes: Buffer) => StreamTaskLogsResponse, bytes: Buffer): unknown {
  try {
    return decode(bytes);
  } catch {
    return 'refused';
  }
}

describe('decodeLogMessage', () => {
  const generated = (bytes: Buffer): StreamTaskLogsResponse => StreamTaskLogsResponse.decode(bytes);

  it('reads what the generated code reads', () => {
    fc.assert(
      fc.property(fc.array(ENTRY, { maxLength: 5 }), fc.string(), (entries, resumeToken) => {
        const bytes = Buffer.from(
          StreamTaskLogsResponse.encode({ ...generated(Buffer.alloc(0)), entries, resumeToken }).finish(),
        );
        expect(decodeLogMessage(bytes)).to.deep.equal(generated(bytes));
      }),
    );
  });

  it('reads messages without entries, and entries behind something else', () => {
    const gap = Buffer.from(
      StreamTaskLogsResponse.encode(StreamTaskLogsResponse.fromPartial({ gap: { reason: 'x' } })).finish(),
    );
    const entry = Buffer.from(
      StreamTaskLogsResponse.encode(StreamTaskLogsResponse.fromPartial({ entries: [{ text: 'a' }] })).finish(),
    );
    for (const bytes of [gap, Buffer.concat([gap, entry]), Buffer.concat([entry, gap, entry])]) {
      expect(decodeLogMessage(bytes)).to.deep.equal(generated(bytes));
    }
  });

  it('makes of damaged bytes what the generated code makes of them', () => {
    const bytes = Buffer.from(
      StreamTaskLogsResponse.encode(
        StreamTaskLogsResponse.fromPartial({
          entries: [
            { node: 3, time: { seconds: 1_800_000_000n, nanos: 5 }, text: 'hello', newline: true },
            { raw: Buffer.from([0xff]), partial: true },
          ],
          resumeToken: 'token',
        }),
      ).finish(),
    );
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      expect(result(decodeLogMessage, cut), `cut to ${length}`).to.deep.equal(result(generated, cut));
    }
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        expect(result(decodeLogMessage, changed)).to.deep.equal(result(generated, changed));
      }),
      { numRuns: 1000 },
    );
  });
});
