import { expect } from 'chai';
import { checkTask } from '../../../taskfile/task-spec.js';
import { resources } from '../../support/server/specs.js';
import { linesOf } from './outcome.js';

describe('fromValue', () => {
  it('reads what JSON reads', () => {
    const body: unknown = JSON.parse(
      '{"run":"echo","num_nodes":2,"name":"","resources":{"cpus":"500m","memory":1.5,"accelerators":null},"envs":{"A":true,"__proto__":"x"}}',
    );
    const result = checkTask(body);
    expect(result).to.deep.include({ ok: true, warnings: [] });
    if (!result.ok) return;
    expect(result.spec).to.deep.include({ name: undefined, numNodes: 2 });
    expect(result.spec.resources).to.deep.equal(resources({ cpus: '500m', memory: '1536Mi' }));
    expect(Object.entries(result.spec.envs)).to.deep.equal([
      ['A', 'True'],
      ['__proto__', 'x'],
    ]);
  });

  it('names fields without places', () => {
    expect(linesOf(checkTask({ run: 'a', num_node: 2 }))).to.deep.equal([
      'num_node: unknown field; did you mean num_nodes?',
    ]);
  });

  it('counts undefined as absent', () => {
    expect(linesOf(checkTask({ run: undefined }))).to.deep.equal([
      'run: is missing; say what to run, for example `run: python3 train.py`',
    ]);
  });

  const odd: [string, unknown, string][] = [
    ['nothing', undefined, 'run: is missing; say what to run, for example `run: python3 train.py`'],
    ['a text', 'run', 'a task is a mapping of fields, not "run"; say what to run, for example `run: python3 train.py`'],
    ['a function', { run: () => 1 }, 'run: a function cannot stand in a task; send what a task.yaml would say'],
    [
      '1.5 nodes',
      { run: 'a', num_nodes: 1.5 },
      'num_nodes: must be an integer from 1 to 1000, not 1.5; write 1 for a single node',
    ],
    [
      'NaN nodes',
      { run: 'a', num_nodes: Number.NaN },
      'num_nodes: must be an integer from 1 to 1000, not NaN; write 1 for a single node',
    ],
  ];
  for (const [what, value, problem] of odd) {
    it(`refuses ${what}`, () => {
      expect(linesOf(checkTask(value))).to.deep.equal([problem]);
    });
  }

  it('is bounded in depth, also when a value contains itself', () => {
    const ring: Record<string, unknown> = {};
    ring['envs'] = ring;
    expect(linesOf(checkTask(ring))[0]).to.match(/is nested more than 32 levels deep; /);
  });

  it('is bounded in size', () => {
    expect(linesOf(checkTask({ run: Array(60_000).fill('a') }))).to.deep.equal([
      'has more than 50000 values; send what a task.yaml would say',
    ]);
  });
});
