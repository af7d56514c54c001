import { expect } from 'chai';
import { problemsOf, specOf } from './outcome.js';

describe('convertNode', () => {
  it('resolves aliases, and merge keys as PyYAML does: own keys first, then the earlier mapping', () => {
    const yaml = [
      'run: a',
      'config:',
      'envs:',
      '  <<: [{A: 1, B: 2}, {A: 3, C: 4}]',
      '  B: 5',
      '  D: &d six',
      '  E: *d',
    ].join('\n');
    expect(specOf(yaml).envs).to.deep.equal({ A: '1', B: '5', C: '4', D: 'six', E: 'six' });
  });

  it('takes the last of several merge keys first, as PyYAML does', () => {
    expect(specOf('run: a\nenvs:\n  <<: {A: 1, B: 1}\n  <<: {B: 2, C: 2}\n  C: 3').envs).to.deep.equal({
      A: '1',
      B: '2',
      C: '3',
    });
  });

  it('understands the standard tags', () => {
    expect(
      specOf('run: !!str 5\nnum_nodes: !!int "3"\nenvs: {A: !!float 3, B: !!bool "yes", C: ! 12}'),
    ).to.deep.include({
      run: '5',
      numNodes: 3,
      envs: { A: '3.0', B: 'True', C: '12' },
    });
  });

  const broken: [string, string, string][] = [
    [
      'duplicate keys with both lines',
      'run: a\nname: x\nrun: b',
      'line 3, column 1: run: is given twice, first on line 1; keep one of the two',
    ],
    [
      'duplicate keys further down',
      'run: a\nenvs:\n  A: 1\n  A: 2',
      'line 4, column 3: envs.A: is given twice, first on line 3; keep one of the two',
    ],
    [
      'an alias without an anchor',
      'run: *nowhere',
      'line 1, column 6: run: the alias "nowhere" means nothing that stands before it; write an anchor (&name) before what is meant, or put the text into quotes',
    ],
    [
      'an alias inside of its anchor',
      'run: a\nresources: &r\n  cpus: *r',
      'line 3, column 9: resources.cpus: the alias "r" stands inside of what it means; write the values out',
    ],
    [
      'a merge of a scalar',
      'run: a\n<<: 1',
      'line 2, column 5: << takes a mapping or a list of mappings; write `<<: *anchor`',
    ],
    [
      'a foreign tag',
      'run: !shell echo',
      'line 1, column 13: run: the tag "!shell" does not fit here; leave the tag out',
    ],
    [
      'a Python object',
      'run: !!python/tuple [a]',
      'line 1, column 21: run: the tag "tag:yaml.org,2002:python/tuple" does not fit here; leave the tag out',
    ],
    [
      'a tag that the text does not fit',
      'run: a\nnum_nodes: !!int two',
      'line 2, column 18: num_nodes: the tag "tag:yaml.org,2002:int" does not fit here; leave the tag out',
    ],
    ['a list as a key', 'run: a\n? [b]\n: c', 'line 2, column 3: a list cannot be a key; use a word'],
  ];
  for (const [what, yaml, problem] of broken) {
    it(`refuses ${what}`, () => {
      expect(problemsOf(yaml)).to.include(problem);
    });
  }

  it('refuses a billion laughs before they are written out', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 30; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    expect(problemsOf(`${lines.join('\n')}\nrun: a`)).to.deep.equal([
      'line 5, column 9: aliases make this too large for a task file; write the values out',
    ]);
  });

  it('refuses a laugh by merge keys too', () => {
    const keys = Array.from({ length: 2000 }, (_, index) => `k${index}: 1`).join(', ');
    const yaml = `a: &a {${keys}}\nb: {<<: [${'*a, '.repeat(2000)}]}\nrun: a`;
    expect(problemsOf(yaml)).to.deep.equal([
      'line 2, column 9: aliases make this too large for a task file; write the values out',
    ]);
  });
});
