import { expect } from 'chai';
import { nearest } from '../../../cli/suggest.js';

describe('nearest', () => {
  const words = ['submit', 'status', 'stop', 'list', 'logs'];
  const cases: readonly (readonly [word: string, near: string | undefined])[] = [
    ['sumbit', 'submit'],
    ['statsu', 'status'],
    ['lits', 'list'],
    ['log', 'logs'],
    ['sub', 'submit'],
    ['st', undefined],
    ['delete', undefined],
    ['x', undefined],
  ];
  for (const [word, near] of cases) {
    it(`takes ${word} for ${near ?? 'nothing'}`, () => {
      expect(nearest(word, words)).to.equal(near);
    });
  }
});
