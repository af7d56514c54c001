import { expect } from 'chai';
import { parseBase64, parseStandardBase64 } from '../../../../bridge/json/base64.js';

describe('parseBase64', () => {
  for (const [text, hex] of [
    ['', ''],
    ['AAE=', '0001'],
    ['AAE', '0001'],
    ['+/8=', 'fbff'],
    ['-_8', 'fbff'],
    ['A\nAE=', '0001'],
    ['\r\nAAECAw==', '00010203'],
  ] as const) {
    // A line end counts for the length, which tells whether there is padding.
    const padded = text.length % 4 === 0;
    it(`reads ${JSON.stringify(text)}`, () => {
      const bytes = text.includes('\n') && !padded ? parseStandardBase64(text, true) : parseBase64(text);
      expect(bytes).to.deep.equal(Buffer.from(hex, 'hex'));
    });
  }

  // What Go's encoding/base64 says of them.
  for (const [text, offset] of [
    ['A', 0],
    ['%', 0],
    ['AAA%', 3],
    ['-/8=', 1],
    ['AA=A', 2],
    ['AAE=AAE=', 4],
    ['A===', 1],
    ['AAAAA', 4],
    ['ä', 0],
  ] as const) {
    it(`tells where ${text} goes wrong`, () => {
      expect(parseBase64(text)).to.equal(offset);
    });
  }
});
