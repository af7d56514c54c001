import { expect } from 'chai';
import { pythonStr } from '../../../taskfile/python-str.js';

const FLOATS: [number, string][] = [
  [0.1, '0.1'],
  [100, '100.0'],
  [1e15, '1000000000000000.0'],
  [9999999999999998, '9999999999999998.0'],
  [1e16, '1e+16'],
  [1.25e22, '1.25e+22'],
  [1e100, '1e+100'],
  [0.0001, '0.0001'],
  [0.00012345, '0.00012345'],
  [0.00001, '1e-05'],
  [1.5e-300, '1.5e-300'],
  [-0.25, '-0.25'],
  [0.30000000000000004, '0.30000000000000004'],
];

describe('pythonStr', () => {
  for (const [value, text] of FLOATS) {
    it(`writes the float ${text}`, () => {
      expect(pythonStr({ kind: 'float', value, at: undefined })).to.equal(text);
    });
  }

  it('has no text for lists and mappings', () => {
    expect(pythonStr({ kind: 'list', items: [], at: undefined })).to.equal(undefined);
    expect(pythonStr({ kind: 'map', entries: [], at: undefined })).to.equal(undefined);
  });
});
