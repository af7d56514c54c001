import { expect } from 'chai';
import * as fc from 'fast-check';
import { checkTask, parseTaskYaml } from '../../../taskfile/task-spec.js';
import { resources, spec as plain } from '../../support/server/specs.js';
import { RecentTrees } from '../../../taskfile/recent-trees.js';
import { problemsOf, specOf } from './outcome.js';
import { ROWS, titleOf } from './rows.js';

const FRAGMENTS = [
  'run: a',
  'name',
  'resources:',
  '  cpus:',
  'envs',
  ': ',
  ':',
  '- ',
  '? ',
  '{',
  '}',
  '[',
  ']',
  ', ',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '<<',
  '!!int ',
  '# ',
  '%YAML 1.2',
  '---',
  '\n',
  '  ',
  '\t',
  '\0',
  'yes',
  '1e-4',
  '0x',
  '2001-12-14',
];

describe('parseTaskYaml', () => {
  it('gives every field of a task', () => {
    const yaml = [
      'name: all',
      'num_nodes: 2',
      'workdir: /app',
      'resources: {cpus: 2+, memory: 4, accelerators: "A100:8", image_id: docker:a/b:c}',
      'envs: {A: 1}',
      'volumes: {/data: d}',
      'setup: s',
      'run: r',
    ].join('\n');
    expect(specOf(yaml)).to.deep.equal({
      ...plain(),
      name: 'all',
      numNodes: 2,
      workdir: '/app',
      resources: resources({ cpus: '2', memory: '4Gi', gpus: 8, gpuType: 'A100', image: 'a/b:c' }),
      envs: { A: '1' },
      volumes: [{ mountPath: '/data', volume: 'd', subPath: undefined }],
      setup: 's',
      run: 'r',
    });
  });

  it('gives the offending line', () => {
    const result = parseTaskYaml('run: a\nresources:\n    cpus: two # cores\n');
    expect(result).to.deep.equal({
      ok: false,
      violations: [
        {
          field: 'resources.cpus',
          message: '"two" is not an amount of CPU',
          fix: 'write cores such as 2, 0.5 or "500m"',
          line: 3,
          column: 11,
          source: '    cpus: two # cores',
        },
      ],
      warnings: [],
    });
  });

  it('says where a field stands, for what is found out later', () => {
    const yaml = 'run: a\nvolumes:\n  /a.b: {size: 1, config: {namespace: x}}\nresources:\n  cpus: 2';
    const result = parseTaskYaml(yaml, { overrides: { accelerators: 'V100' } });
    if (!result.ok) throw new Error(problemsOf(yaml).join('\n'));
    const at = (field: string): unknown[] => Object.values(result.locate(field));
    expect(at('resources.cpus')).to.deep.equal(['resources.cpus', 5, 9]);
    expect(at('volumes./a.b.config.namespace')).to.deep.equal(['volumes./a.b.config.namespace', 3, 39]);
    expect(at('resources.memory')).to.deep.equal(['resources.memory', 4, 1]);
    expect(at('resources.accelerators')).to.deep.equal(['overrides.accelerators', undefined, undefined]);
    expect(at('secrets')).to.deep.equal(['secrets', undefined, undefined]);
  });

  it('says the same of a text that it has read before', () => {
    const overrides = { name: 'other', numNodes: 2, cpus: '3', envs: { A: 'x' }, secrets: { B: 'y' } };
    for (const [text] of ROWS) {
      const yaml = `run: a\n${text}`;
      const recent = new RecentTrees();
      for (const options of [{}, { overrides }, { strict: true }, {}]) {
        const { locate: _, ...known } = { locate: undefined, ...parseTaskYaml(yaml, { ...options, recent }) };
        const { locate: __, ...anew } = { locate: undefined, ...parseTaskYaml(yaml, options) };
        expect(known, titleOf(text)).to.deep.equal(anew);
      }
    }
  });

  it('keeps what it has read, but nothing secret or wrong', () => {
    const kept = (yaml: string): boolean => {
      const recent = new RecentTrees();
      parseTaskYaml(yaml, { recent });
      return recent.get(yaml) !== undefined;
    };
    expect(kept('run: a')).to.equal(true);
    expect(kept('run: a\nresources: {cpus: two}'), 'what its fields say is read each time').to.equal(true);
    expect(kept('run: a\nsecrets: {TOKEN: x}')).to.equal(false);
    expect(kept('run: a\nrun: b')).to.equal(false);
    expect(kept('run: [')).to.equal(false);
  });

  it('gives one answer of one line for whatever text it gets', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...FRAGMENTS)).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (yaml) => {
        const result = parseTaskYaml(yaml);
        if (result.ok) expect(result.spec.run.trim()).not.to.equal('');
        else expect(result.violations).not.to.deep.equal([]);
        for (const line of problemsOf(yaml)) expect(line).not.to.match(/[\p{Cc}\p{Zl}]/u);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});

describe('checkTask', () => {
  it('gives an answer for whatever value it gets', () => {
    const task = fc.record(
      { run: fc.anything(), resources: fc.anything(), envs: fc.anything(), volumes: fc.anything() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(task, fc.anything()), (value) => {
        expect(checkTask(value)).to.have.property('ok');
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('reads a spec that was written as YAML and as JSON alike', () => {
    const value = {
      run: 'a',
      num_nodes: 3,
      resources: { cpus: '1.5', memory: '2Gi' },
      envs: { A: 'x' },
      volumes: { '/d': 'v' },
    };
    const result = parseTaskYaml(JSON.stringify(value));
    if (!result.ok) throw new Error(problemsOf(JSON.stringify(value)).join('\n'));
    const { locate, ...fromText } = result;
    expect(checkTask(value)).to.deep.include(fromText);
    expect(locate('resources.cpus')).to.include({ line: 1 });
  });
});
