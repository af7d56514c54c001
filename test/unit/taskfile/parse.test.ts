import { expect } from 'chai';
import { problemsOf, specOf } from './outcome.js';

describe('parseText', () => {
  const broken: [why: string, yaml: string, problem: string][] = [
    [
      'a mapping inside of a value',
      'run: echo: hi',
      'line 1, column 6: not valid YAML: Nested mappings are not allowed in compact mappings; put a text with ": " in it into quotes, or below a | on lines of its own; indent lines alike',
    ],
    [
      'an unclosed quote, where it opens',
      'name: "a"\nrun: "echo\nenvs:\n  A: b\n',
      'line 2, column 6: not valid YAML: the quote that opens here is not closed; close it',
    ],
    [
      'an unclosed single quote in a list',
      "run: a\nresources: {accelerators: ['L4:1', 'T4:1]}",
      'line 2, column 36: not valid YAML: the quote that opens here is not closed; close it',
    ],
    [
      'an unclosed bracket, where the text ends',
      'run: a\nenvs: {A: 1\n\n\n',
      'line 2, column 11: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }; close the bracket',
    ],
    [
      'a tab before a field',
      'run: a\n\tname: b',
      'line 2, column 1: not valid YAML: Tabs are not allowed as indentation; indent with spaces',
    ],
    [
      'a field without a colon',
      'name: a\nrun',
      'line 2, column 1: not valid YAML: Implicit map keys need to be followed by map values; write `name: value`',
    ],
    [
      'a text that begins with a sign of YAML',
      'run: @x',
      'line 1, column 6: not valid YAML: Plain value cannot start with reserved character @; put the text into quotes',
    ],
    [
      'a control character',
      'name: a\nrun: \u001b[31m',
      'line 2, column 6: the character U+001b cannot stand in YAML; remove it',
    ],
    ['a NUL', 'run: a\0b', 'line 1, column 7: the character U+0000 cannot stand in YAML; remove it'],
    ['a lone surrogate', 'run: \ud800', 'line 1, column 6: the character U+d800 cannot stand in YAML; remove it'],
    [
      'a second document',
      'run: a\n---\nrun: b',
      'line 3, column 1: a second document begins here; put one task into a file',
    ],
    [
      'text',
      'just words',
      'line 1, column 1: a task is a mapping of fields, not "just words"; say what to run, for example `run: python3 train.py`',
    ],
    [
      'a list',
      '- run: a',
      'line 1, column 1: a task is a mapping of fields, not a list; say what to run, for example `run: python3 train.py`',
    ],
    ['nothing', '', 'line 1, column 1: run: is missing; say what to run, for example `run: python3 train.py`'],
    [
      'a comment only',
      '# nothing\n',
      'line 1, column 1: run: is missing; say what to run, for example `run: python3 train.py`',
    ],
  ];
  for (const [why, yaml, problem] of broken) {
    it(`refuses ${why} with its place`, () => {
      expect(problemsOf(yaml)).to.deep.equal([problem]);
    });
  }

  it('takes Windows line ends, a byte order mark, a leading --- and a trailing empty document', () => {
    expect(specOf('\ufeff---\r\nrun: |\r\n  a\r\n  b\r\n---\r\n').run).to.equal('a\nb\n');
  });

  it('takes old Macintosh line ends', () => {
    expect(specOf('name: a\rrun: b\r')).to.include({ name: 'a', run: 'b' });
  });

  it('counts columns in the given line when lines end in \\r\\n', () => {
    expect(problemsOf('run: a\r\nnum_node: 1\r\n')).to.deep.equal([
      'line 2, column 1: num_node: unknown field; did you mean num_nodes?',
    ]);
  });

  it('keeps YAML 1.1 whatever version the file claims', () => {
    expect(specOf('%YAML 1.2\n---\nrun: a\nenvs: {A: yes, B: 012}').envs).to.deep.equal({ A: 'True', B: '10' });
  });

  it('refuses more than a mebibyte without reading it', () => {
    expect(problemsOf(`run: ${'x'.repeat(1024 * 1024)}`)).to.deep.equal([
      'the file has 1048581 bytes; at most 1048576 (1 MiB) are read; put data into a volume',
    ]);
  });

  it('takes a script of nearly a mebibyte', () => {
    const line = `  echo ${'x'.repeat(90)}\n`;
    expect(specOf(`run: |\n${line.repeat(10_000)}`).run).to.have.length(10_000 * (line.length - 2));
  });

  const hostile: [string, string][] = [
    ['open brackets', '['.repeat(1_000_000)],
    ['closed brackets', ']'.repeat(1_000_000)],
    ['open mappings', '{a: '.repeat(250_000)],
    ['sequences in a line', '- '.repeat(500_000)],
    ['question marks', '? '.repeat(500_000)],
    ['colons', 'a: '.repeat(300_000)],
    ['staircases', Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['tags', '!a '.repeat(300_000)],
    ['anchors', '&a '.repeat(300_000)],
    ['documents', '---\n'.repeat(250_000)],
    ['list items', `run: [${'a,'.repeat(500_000)}]`],
    ['unknown keys', Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['aliases', `a: &a 1\n${'b: *a\n'.repeat(100_000)}`],
  ];
  for (const [what, yaml] of hostile) {
    it(`refuses a mebibyte of ${what} in a short time`, () => {
      // Its own time, on any machine: what grows with the square of the length takes minutes.
      const start = process.cpuUsage();
      expect(problemsOf(yaml)).to.have.length.within(1, 101);
      expect(process.cpuUsage(start).user).to.be.lessThan(20_000_000);
    });
  }
});
