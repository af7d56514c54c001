import { expect } from 'chai';
import { parseMediaType } from '../../../../bridge/go/media-type.js';

describe('parseMediaType', () => {
  for (const [text, mediaType] of [
    ['application/json', 'application/json'],
    ['Text/Plain ; charset="utf-8"; x=y', 'text/plain'],
    ['a/b;', 'a/b'],
    ['a/b; c=d;C="d"', 'a/b'],
    ['a/b; c="x;y\\"z"', 'a/b'],
    ['a', 'a'],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseMediaType(text)).to.equal(mediaType);
    });
  }

  for (const [text, message] of [
    ['', 'mime: no media type'],
    ['"a"/b', 'mime: no media type'],
    ['a b', 'mime: expected slash after first token'],
    ['a/', 'mime: expected token after slash'],
    ['a/b/c', 'mime: unexpected content after media subtype'],
    ['a/b; c', 'mime: invalid media parameter'],
    ['a/b; c="d', 'mime: invalid media parameter'],
    ['a/b;;', 'mime: invalid media parameter'],
    ['a/b; c=d; c=e', 'mime: duplicate parameter name'],
  ] as const) {
    it(`refuses ${text}`, () => {
      expect(() => parseMediaType(text)).to.throw(message);
    });
  }
});
