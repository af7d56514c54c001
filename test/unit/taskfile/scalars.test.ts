import { expect } from 'chai';
import { pythonStr } from '../../../taskfile/python-str.js';
import { plainScalar } from '../../../taskfile/scalars.js';

// Every row was compared with PyYAML 6.0.3.
const CASES: [text: string, kind: string, python: string | undefined][] = [
  ['', 'null', undefined],
  ['~', 'null', undefined],
  ['null', 'null', undefined],
  ['NULL', 'null', undefined],
  ['nULL', 'string', 'nULL'],
  ['yes', 'bool', 'True'],
  ['On', 'bool', 'True'],
  ['TRUE', 'bool', 'True'],
  ['no', 'bool', 'False'],
  ['off', 'bool', 'False'],
  ['y', 'string', 'y'],
  ['tRue', 'string', 'tRue'],
  ['0', 'int', '0'],
  ['-0', 'int', '0'],
  ['+5', 'int', '5'],
  ['1_000', 'int', '1000'],
  ['_1', 'string', '_1'],
  ['123456789012345678901234567890', 'int', '123456789012345678901234567890'],
  ['012', 'int', '10'],
  ['-017', 'int', '-15'],
  ['08', 'string', '08'],
  ['0o7', 'string', '0o7'],
  ['0b11', 'int', '3'],
  ['0x1F', 'int', '31'],
  ['0X1F', 'string', '0X1F'],
  ['1:30', 'int', '90'],
  ['-1:30', 'int', '-90'],
  ['190:20:30', 'int', '685230'],
  ['1:60', 'string', '1:60'],
  ['0:30', 'string', '0:30'],
  ['1.0', 'float', '1.0'],
  ['1.', 'float', '1.0'],
  ['.5', 'float', '0.5'],
  ['-.5', 'string', '-.5'],
  ['-0.0', 'float', '-0.0'],
  ['1_000.5', 'float', '1000.5'],
  ['1e-4', 'string', '1e-4'],
  ['1.0e4', 'string', '1.0e4'],
  ['1.0e+4', 'float', '10000.0'],
  ['1.5e-7', 'float', '1.5e-07'],
  ['1:30.5', 'float', '90.5'],
  ['.inf', 'float', 'inf'],
  ['-.INF', 'float', '-inf'],
  ['.nan', 'float', 'nan'],
  ['2024-01-01', 'date', '2024-01-01'],
  ['2024-1-1', 'string', '2024-1-1'],
  ['2001-12-14 21:59:43', 'date', '2001-12-14 21:59:43'],
  ['2001-12-14T21:59:43Z', 'date', '2001-12-14 21:59:43+00:00'],
  ['2001-12-14t21:59:43.10-05:00', 'date', '2001-12-14 21:59:43.100000-05:00'],
  ['2001-12-14 21:59:43.1234567 +5', 'date', '2001-12-14 21:59:43.123456+05:00'],
  ['4+', 'string', '4+'],
  ['500m', 'string', '500m'],
  ['hello', 'string', 'hello'],
];

describe('plainScalar', () => {
  for (const [text, kind, python] of CASES) {
    it(`reads ${JSON.stringify(text)} as ${kind} ${python ?? ''}`, () => {
      const node = plainScalar(text, undefined);
      expect(node.kind).to.equal(kind);
      expect(pythonStr(node)).to.equal(python);
    });
  }

  it('leaves an integer that Python would not print as text', () => {
    expect(plainScalar('9'.repeat(4301), undefined).kind).to.equal('string');
  });
});
