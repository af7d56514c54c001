import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const FIX = 'say what to run, for example `run: python3 train.py`';

describe('readRun', () => {
  it('keeps the script exactly', () => {
    expect(specOf('run: |\n  a\n    b # c\n\n  d\n').run).to.equal('a\n  b # c\n\nd\n');
  });

  const bad: [string, string][] = [
    ['name: a', `line 1, column 1: run: is missing; ${FIX}`],
    ['run:', `line 1, column 1: run: is missing; ${FIX}`],
    ['run: ""', `line 1, column 6: run: is empty; ${FIX}`],
    ['run: "  \\n "', `line 1, column 6: run: is empty; ${FIX}`],
    ['run: [echo, hi]', 'line 1, column 6: run: must be text, not a list; write one text'],
    ['run: 5', 'line 1, column 6: run: must be text, not 5; put it in quotes'],
    ['run: "a\\0b"', 'line 1, column 6: run: holds a NUL character; remove it'],
  ];
  for (const [yaml, problem] of bad) {
    it(`refuses ${yaml}`, () => {
      expect(problemsOf(yaml)).to.deep.equal([problem]);
    });
  }
});

describe('readSetup', () => {
  it('keeps the script, and counts a blank one as none', () => {
    expect(specOf('run: a\nsetup: pip install x').setup).to.equal('pip install x');
    expect(specOf('run: a\nsetup: "  \\n"').setup).to.equal(undefined);
    expect(specOf('run: a\nsetup:').setup).to.equal(undefined);
  });

  it('refuses what is no text', () => {
    expect(problemsOf('run: a\nsetup: {pip: x}')).to.deep.equal([
      'line 2, column 8: setup: must be text, not a mapping; write one text',
    ]);
  });
});
