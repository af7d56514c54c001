import { expect } from 'chai';
import * as fc from 'fast-check';
import { checkTask, type ParseOptions, parseTaskYaml, type RecentTasks } from '../../../taskfile/task-spec.js';
import { resources, spec as plain } from '../../support/server/specs.js';
import { RecentTexts } from '../../../taskfile/recent-texts.js';
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

const newRecent = (): RecentTasks => ({ trees: new RecentTexts(), results: new RecentTexts() });

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
    const overrides = { name: 'other', numNodes: 2, cpus: '3', envs: { A: 'x' } };
    const recent = newRecent();
    for (const [text] of ROWS) {
      const yaml = `run: a\n${text}`;
      for (const options of [{}, { overrides }, { strict: true }, { overrides: { secrets: { B: 'y' } } }, {}]) {
        const { locate: _, ...known } = { locate: undefined, ...parseTaskYaml(yaml, { ...options, recent }) };
        const { locate: __, ...anew } = { locate: undefined, ...parseTaskYaml(yaml, options) };
        expect(known, titleOf(text)).to.deep.equal(anew);
      }
    }
  });

  it('keeps what it has read, but nothing secret or wrong', () => {
    const kept = (yaml: string, options: ParseOptions = {}): boolean => {
      const recent = newRecent();
      const read = () => parseTaskYaml(yaml, { ...options, recent });
      return read() === read();
    };
    expect(kept('run: a')).to.equal(true);
    expect(kept('run: a', { overrides: { envs: { A: 'x' } } })).to.equal(true);
    expect(kept('run: a', { overrides: { secrets: { A: 'x' } } })).to.equal(false);
    expect(kept('run: a\nsecrets: {TOKEN: x}')).to.equal(false);
    const login = '{SKYPILOT_DOCKER_USERNAME: a, SKYPILOT_DOCKER_PASSWORD: b, SKYPILOT_DOCKER_SERVER: c.io}';
    expect(kept(`run: a\nresources: {image_id: x}\nenvs: ${login}`)).to.equal(false);
    expect(kept('run: a\nresources: {cpus: two}')).to.equal(false);
    expect(kept('run: [')).to.equal(false);
    const recent = newRecent();
    for (const A of ['1', '2']) parseTaskYaml('run: a', { recent, overrides: { secrets: { A } } });
    expect(recent.trees.get('run: a'), 'what was parsed, whatever the overrides are').to.not.equal(undefined);
    for (const yaml of ['run: a\nsecrets: {TOKEN: x}', 'run: a\nrun: b']) {
      parseTaskYaml(yaml, { recent });
      expect(recent.trees.get(yaml)).to.equal(undefined);
    }
  });

  it('does not take one manner of reading for another', () => {
    const recent = newRecent();
    const text = 'run: a';
    for (const how of [
      {},
      { lenient: true },
      { overrides: { envs: { A: '1' } } },
      { overrides: { envs: { A: '2' } } },
    ]) {
      const { locate: _, ...known } = { locate: undefined, ...parseTaskYaml(text, { ...how, recent }) };
      const { locate: __, ...anew } = { locate: undefined, ...parseTaskYaml(text, how) };
      expect(known).to.deep.equal(anew);
    }
    const json = '{"run":"a"}';
    expect(parseTaskYaml(json, { recent })).to.not.equal(checkTask({ run: 'a' }, { recent }));
  });

  it('keeps what a value said, unless JSON does not tell all of it', () => {
    const recent = newRecent();
    const read = (value: unknown) => checkTask(value, { recent });
    expect(read({ run: 'a', num_nodes: 2 })).to.equal(read({ run: 'a', num_nodes: 2 }));
    expect(read({ run: 'a', num_nodes: 3 })).to.not.equal(read({ run: 'a', num_nodes: 2 }));
    const quiet = { run: 'a 2>/dev/null' };
    expect(read(quiet)).to.equal(read(quiet));
    expect(read({ run: 'a', num_nodes: null }).ok).to.equal(true);
    expect(read({ run: 'a', num_nodes: Number.NaN }).ok).to.equal(false);
    let deep: unknown = 'a';
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(read({ run: 'a', config: deep }).ok).to.equal(false);
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
