import { expect } from 'chai';
import fc from 'fast-check';
import { knownText } from '../../../../../../server/kubernetes/api/protobuf/known-texts.js';

/** The text of bytes that stand among others. */
function read(bytes: Buffer): string {
  return knownText(Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]), 1, 1 + bytes.length);
}

describe('knownText', () => {
  it('is the text, whatever was read before', () => {
    const texts = fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(texts), (all) => {
        for (const text of all) expect(read(Buffer.from(text))).to.equal(Buffer.from(text).toString());
      }),
    );
  });

  it('takes no text for another one that has the same length and end', () => {
    for (const text of ['one-0123456789', 'two-0123456789', 'one-0123456789'])
      expect(read(Buffer.from(text))).to.equal(text);
  });

  it('takes no bytes that are no text for one', () => {
    expect(read(Buffer.from('\u00e9'))).to.equal('\u00e9');
    expect(read(Buffer.from([0xe9]))).to.equal('\ufffd');
  });
});
