import { expect } from 'chai';
import { cutText, textWidth, wrapText } from '../../../../cli/output/text-width.js';

describe('textWidth', () => {
  for (const [text, width] of [
    ['abc', 3],
    ['müßig', 5],
    ['訓練', 4],
    ['e\u0301', 1],
    ['🚀', 2],
  ] as const) {
    it(`of ${text} is ${width}`, () => {
      expect(textWidth(text)).to.equal(width);
    });
  }
});

describe('cutText', () => {
  it('leaves what fits, and ends what does not with an ellipsis', () => {
    expect(cutText('abcdef', 6)).to.equal('abcdef');
    expect(cutText('abcdef', 4)).to.equal('abc…');
    expect(cutText('訓練訓練', 4)).to.equal('訓…');
  });
});

describe('wrapText', () => {
  it('breaks between words, and words that are longer than a line', () => {
    expect(wrapText('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrapText('abcdefgh ij', 3)).to.deep.equal(['abc', 'def', 'gh', 'ij']);
    expect(wrapText('', 5)).to.deep.equal(['']);
  });
});
