import { expect } from 'chai';
import { formatFields, formatTable, printable } from '../../../../cli/output/table.js';

describe('formatTable', () => {
  it('aligns columns and leaves no blanks at the end of lines', () => {
    const table = formatTable([
      ['A', 'LONG', 'C'],
      ['long', 'b', ''],
    ]);
    expect(table).to.equal('A     LONG  C\nlong  b\n');
  });

  it('cuts lines to a width only when told one', () => {
    expect(formatTable([['abcdef', 'ghi']], 8)).to.equal('abcdef …\n');
  });
});

describe('formatFields', () => {
  it('aligns values and leaves out empty ones', () => {
    const fields = formatFields([
      ['A', '1'],
      ['Empty', ''],
      ['Long', '2'],
    ]);
    expect(fields).to.equal('A:     1\nLong:  2\n');
  });
});

describe('printable', () => {
  it('keeps text on one line and control characters off the terminal', () => {
    expect(printable('a\n  b\u001b[31mc\u009b\u007fü')).to.equal('a b?[31mc??ü');
  });
});
