import { expect } from 'chai';
import { parseFloat32 } from '../../../../bridge/go/float.js';

const GREATEST = 2 ** 128 - 2 ** 104;

describe('parseFloat32', () => {
  for (const [text, value] of [
    ['0.1', Math.fround(0.1)],
    ['-0', -0],
    ['1e-46', 0],
    ['3.4028235e38', GREATEST],
    // Half-way between two floats: the even one. A little more, too little for a double to tell, is nearer to the upper one.
    ['1.000000059604644775390625', 1],
    ['1.00000005960464477539062500000000001', 1 + 2 ** -23],
    ['1000000059604644775390624999999999.9e-33', 1],
    ['-1.00000017881393432617187499999999999', -1 - 2 ** -23],
    ['3.4028235677973366e38', GREATEST],
    ['3.40282356779733661637539395458142568448e38', Number.POSITIVE_INFINITY],
    ['1e39', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseFloat32(text)).to.deep.equal(value);
    });
  }
});
