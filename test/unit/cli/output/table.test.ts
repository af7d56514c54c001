import { expect } from 'chai';
import { COLOURED, PLAIN } from '../../../../cli/output/style.js';
import {
  type Column,
  formatFields,
  formatTable,
  type Layout,
  printable,
  TAB_SEPARATED,
} from '../../../../cli/output/table.js';
import { textWidth } from '../../../../cli/output/text-width.js';

const COLUMNS: readonly Column[] = [
  { heading: 'ID' },
  { heading: 'NAME', shrinkTo: 4 },
  { heading: 'AGE', dropRank: 2 },
  { heading: 'REASON', shrinkTo: 8, dropRank: 1 },
];
const ROWS = [
  ['abc', 'a-long-name', '12s', 'the image cannot be pulled'],
  ['defghi', 'b', '3m', ''],
];
const terminal = (width?: number): Layout => ({ terminal: true, width, style: PLAIN });
const lines = (width?: number): string[] => formatTable(COLUMNS, ROWS, terminal(width)).split('\n');

describe('formatTable', () => {
  it('aligns columns and leaves no blanks at the end of lines', () => {
    expect(lines()).to.deep.equal([
      'ID      NAME         AGE  REASON',
      'abc     a-long-name  12s  the image cannot be pulled',
      'defghi  b            3m',
      '',
    ]);
  });

  it('cuts what may be cut, from the right, until the lines fit', () => {
    expect(lines(40)[1]).to.equal('abc     a-long-name  12s  the image can…');
    expect(lines(31)[1]).to.equal('abc     a-long-…  12s  the ima…');
  });

  it('leaves columns out where cutting is not enough, the least important first', () => {
    expect(lines(24)).to.deep.equal([
      'ID      NAME         AGE',
      'abc     a-long-name  12s',
      'defghi  b            3m',
      '',
    ]);
    expect(lines(14)).to.deep.equal(['ID      NAME', 'abc     a-lon…', 'defghi  b', '']);
  });

  it('leaves a spare column out before another one is cut', () => {
    const columns = [...COLUMNS, { heading: 'POD', dropRank: 0, spare: true }];
    const rows = ROWS.map((row) => [...row, 'a-pod']);
    const layout = { ...terminal(), width: 60 };
    expect(formatTable(columns, rows, layout)).to.contain('be pulled  a-pod\n');
    expect(formatTable(columns, rows, { ...layout, width: 54 }))
      .to.contain('be pulled\n')
      .and.not.to.contain('pod');
  });

  it('never makes a line that is longer than the terminal', () => {
    for (let width = 2; width < 60; width++) {
      for (const line of lines(width)) expect(textWidth(line), `${width}: ${line}`).to.be.at.most(width);
    }
  });

  it('separates by tabs, with everything in full, for programs', () => {
    expect(formatTable(COLUMNS, ROWS, TAB_SEPARATED)).to.equal(
      'ID\tNAME\tAGE\tREASON\nabc\ta-long-name\t12s\tthe image cannot be pulled\ndefghi\tb\t3m\t\n',
    );
  });

  it('paints values without counting the colour as width', () => {
    const rows = [[{ text: 'failed', paint: 'red' as const }, 'x']];
    const painted = formatTable([{ heading: 'STATUS-X' }, { heading: 'B' }], rows, { ...terminal(), style: COLOURED });
    expect(painted).to.equal('STATUS-X  B\n\u001b[31mfailed\u001b[39m    x\n');
  });

  it('counts wide characters as two columns', () => {
    const rows = [
      ['訓練', 'x'],
      ['abcd', 'y'],
    ];
    expect(formatTable([{ heading: 'N' }, { heading: 'B' }], rows, terminal())).to.equal('N     B\n訓練  x\nabcd  y\n');
  });
});

describe('formatFields', () => {
  const fields = [
    ['A', 'one two three four five six'],
    ['Empty', ''],
    ['Long', '2'],
  ] as const;

  it('aligns values and leaves out empty ones', () => {
    expect(formatFields(fields, terminal())).to.equal('A:     one two three four five six\nLong:  2\n');
  });

  it('wraps long values below their beginning', () => {
    expect(formatFields(fields, terminal(27))).to.equal('A:     one two three four\n       five six\nLong:  2\n');
  });

  it('is label, tab, value for programs', () => {
    expect(formatFields(fields, TAB_SEPARATED)).to.equal('A:\tone two three four five six\nLong:\t2\n');
  });
});

describe('printable', () => {
  it('keeps text on one line and control characters off the terminal', () => {
    expect(printable('a\n  b\u001b[31mc\u009b\u007fü')).to.equal('a b?[31mc??ü');
  });
});
