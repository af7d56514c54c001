import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

describe('readNumNodes', () => {
  for (const [text, count] of [
    ['1', 1],
    ['1000', 1000],
    ['0x10', 16],
    ['', 1],
  ] as const) {
    it(`takes ${text || 'nothing'} as ${count}`, () => {
      expect(specOf(`run: a\nnum_nodes: ${text}`).numNodes).to.equal(count);
    });
  }

  const single = 'write 1 for a single node';
  const bad: [string, string, string][] = [
    ['0', '0', single],
    ['-1', '-1', single],
    ['1001', '1001', single],
    ['1.5', '1.5', single],
    ['2.0', '2.0', 'leave the decimal point out'],
    ['two', '"two"', single],
    ['true', 'true', single],
    ['"2"', '"2"', 'leave the quotes out'],
    ['[2]', 'a list', single],
    ['9'.repeat(100), `${'9'.repeat(40)}…`, single],
  ];
  for (const [text, shown, fix] of bad) {
    it(`refuses ${text.slice(0, 20)}`, () => {
      expect(problemsOf(`run: a\nnum_nodes: ${text}`)).to.deep.equal([
        `line 2, column 12: num_nodes: must be an integer from 1 to 1000, not ${shown}; ${fix}`,
      ]);
    });
  }
});
