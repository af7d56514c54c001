import { expect } from 'chai';
import { TASK_FIELDS } from '../../../../taskfile/fields/task.js';
import { problemsOf, warningsOf } from '../outcome.js';

describe('TASK_FIELDS', () => {
  const unknown: [string, string][] = [
    ['num_node: 2', 'num_node: unknown field; did you mean num_nodes?'],
    ['Setup: x', 'Setup: unknown field; did you mean setup?'],
    ['command: x', 'command: unknown field; did you mean run?'],
    ['env: {}', 'env: unknown field; did you mean envs?'],
    ['cpus: 4', 'cpus: unknown field; move it under resources:'],
    ['image: x', 'image: unknown field; write image_id under resources:'],
    [
      'whatever_it_is: x',
      'whatever_it_is: unknown field; the fields here are name, num_nodes, workdir, resources, envs, secrets, managed_secrets, volumes, setup, run, timeout, fail_fast, config',
    ],
    [
      '__proto__: x',
      '__proto__: unknown field; the fields here are name, num_nodes, workdir, resources, envs, secrets, managed_secrets, volumes, setup, run, timeout, fail_fast, config',
    ],
    [
      '5: x',
      '5: unknown field; the fields here are name, num_nodes, workdir, resources, envs, secrets, managed_secrets, volumes, setup, run, timeout, fail_fast, config',
    ],
    [
      'on: x',
      'on: unknown field; the fields here are name, num_nodes, workdir, resources, envs, secrets, managed_secrets, volumes, setup, run, timeout, fail_fast, config',
    ],
  ];
  for (const [text, problem] of unknown) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(`run: a\n${text}`)).to.deep.equal([`line 2, column 1: ${problem}`]);
    });
  }

  for (const [name, field] of Object.entries(TASK_FIELDS)) {
    if (field.verdict === 'refused') {
      it(`refuses ${name} with the reason, wherever it stands`, () => {
        expect(problemsOf(`run: a\n${name}: {x: y}`)[0]).to.contain(`line 2, column 1: ${name}: ${field.reason}`);
        expect(problemsOf(`run: a\n${name}:`)).to.deep.equal([]);
      });
    } else if (field.verdict === 'ignored') {
      it(`ignores ${name} and says why`, () => {
        expect(warningsOf(`run: a\n${name}: {x: y}`)).to.deep.equal([
          `line 2, column 1: ${name}: ignored: ${field.reason}`,
        ]);
      });
    }
  }

  it('names everything that is wrong at once, what is missing first, then in the order of the file', () => {
    const yaml = 'num_nodes: 0\nresources:\n  cpus: two\n  gpus: 1\nenvs: {1: x}\nsecrets: 5\n';
    expect(problemsOf(yaml).map((line) => line.replace(/^line \d+, column \d+: /, '').split(': ')[0])).to.deep.equal([
      'run',
      'num_nodes',
      'resources.cpus',
      'resources.gpus',
      'envs.1',
      'secrets',
    ]);
  });
});
