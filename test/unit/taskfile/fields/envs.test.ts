import { expect } from 'chai';
import { problemsOf, specOf, warningsOf } from '../outcome.js';

describe('readEnvs', () => {
  it('writes values as Python does', () => {
    const yaml =
      'run: a\nenvs: {A: x, B: true, C: no, D: 1, E: 1.0, F: 1e-4, G: 1.0e-05, H: "", I: 012, J: 2024-01-01, K: "true", L: .inf}';
    expect(specOf(yaml).envs).to.deep.equal({
      A: 'x',
      B: 'True',
      C: 'False',
      D: '1',
      E: '1.0',
      F: '1e-4',
      G: '1e-05',
      H: '',
      I: '10',
      J: '2024-01-01',
      K: 'true',
      L: 'inf',
    });
  });

  it('keeps order and names that JavaScript finds special', () => {
    expect(Object.keys(specOf('run: a\nenvs: {Z: 1, __proto__: 2, constructor: 3, A: 4}').envs)).to.deep.equal([
      'Z',
      '__proto__',
      'constructor',
      'A',
    ]);
  });

  it('takes nothing as no variables', () => {
    expect(specOf('run: a\nenvs:').envs).to.deep.equal({});
  });

  const bad: [string, string][] = [
    [
      'FOO:',
      'line 3, column 3: envs.FOO: has no value, which makes it required; set it with --env FOO, or write FOO: "" for an empty value',
    ],
    [
      '1A: x',
      'line 3, column 3: envs.1A: is not a name for an environment variable; use letters, digits and "_", beginning with no digit',
    ],
    [
      'A-B: x',
      'line 3, column 3: envs.A-B: is not a name for an environment variable; use letters, digits and "_", beginning with no digit',
    ],
    [
      '"A B": x',
      'line 3, column 3: envs."A B": is not a name for an environment variable; use letters, digits and "_", beginning with no digit',
    ],
    [
      '"": x',
      'line 3, column 3: envs."": is not a name for an environment variable; use letters, digits and "_", beginning with no digit',
    ],
    [
      'SKYPILOT_X: x',
      'line 3, column 3: envs.SKYPILOT_X: names that begin with SKYPILOT_ are set by the system; choose another name',
    ],
    ['A: [1, 2]', 'line 3, column 6: envs.A: must be one value, not a list; put it in quotes to pass it as text'],
    ['A: {b: c}', 'line 3, column 6: envs.A: must be one value, not a mapping; put it in quotes to pass it as text'],
    ['A: "x\\0"', 'line 3, column 6: envs.A: holds a NUL character; remove it'],
    [
      `A: ${'é'.repeat(70_000)}`,
      'line 3, column 6: envs.A: has 140002 bytes; Linux passes at most 131071; put the data into a volume',
    ],
  ];
  for (const [line, problem] of bad) {
    it(`refuses ${line.slice(0, 30)}`, () => {
      expect(problemsOf(`run: a\nenvs:\n  ${line}`)).to.deep.equal([problem]);
    });
  }

  it('refuses a list of variables', () => {
    expect(problemsOf('run: a\nenvs: [A=1]')).to.deep.equal([
      'line 2, column 7: envs: must be a mapping of names to values, not a list; write `NAME: value` lines',
    ]);
  });

  it('takes a value as long as Linux passes', () => {
    expect(specOf(`run: a\nenvs: {A: ${'x'.repeat(131_069)}}`).envs['A']).to.have.length(131_069);
  });

  it('warns of variables that every node gets its own value of', () => {
    expect(warningsOf('run: a\nenvs: {NODE_RANK: 1, NUM_NODES: 2, MASTER_ADDR: x}')).to.deep.equal([
      'line 2, column 8: envs.NODE_RANK: is overwritten: every node gets its own value',
      'line 2, column 22: envs.NUM_NODES: is overwritten: every node gets its own value',
    ]);
  });

  it('warns of a name that YAML reads as something else', () => {
    expect(warningsOf('run: a\nenvs: {NO: 1}')).to.deep.equal([
      'line 2, column 8: envs.NO: YAML reads the name "NO" as False; put it in quotes if that is not meant',
    ]);
    expect(specOf('run: a\nenvs: {"NO": 1}').envs).to.deep.equal({ NO: '1' });
  });
});
