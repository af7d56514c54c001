import { expect } from 'chai';
import { readContentType } from '../../../../bridge/request/content-type.js';

describe('readContentType', () => {
  for (const [headers, read] of [
    [[], { mediaTypes: [], first: '', error: undefined }],
    [['Text/Plain'], { mediaTypes: ['text/plain'], first: 'text/plain', error: undefined }],
    [[''], { mediaTypes: [], first: '', error: undefined }],
    [['a/', 'b/c'], { mediaTypes: ['b/c'], first: '', error: 'mime: expected token after slash' }],
    [['b/c', 'a/'], { mediaTypes: ['b/c'], first: 'b/c', error: undefined }],
  ] as const) {
    it(`reads ${JSON.stringify(headers)}`, () => {
      expect(readContentType(headers)).to.deep.equal(read);
    });
  }
});
