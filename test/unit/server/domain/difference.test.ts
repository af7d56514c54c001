import { expect } from 'chai';
import { differences } from '../../../../server/domain/difference.js';
import type { TaskSpec } from '../../../../taskfile/task-spec.js';
import { spec } from '../../../support/server/specs.js';

const fields = (earlier: Partial<TaskSpec>, now: Partial<TaskSpec>): string[] =>
  differences(spec(earlier), spec(now)).map(({ description }) => description);

describe('differences', () => {
  it('names each field as a task file does, with both values', () => {
    const now: Partial<TaskSpec> = { numNodes: 2, envs: { A: '2', B: 'x' }, setup: 'make', timeoutSeconds: 60 };
    expect(fields({ envs: { A: '1' } }, now).toSorted()).to.deep.equal([
      'envs.A was "1" and is "2" now',
      'envs.B was not set and is "x" now',
      'num_nodes was 1 and is 2 now',
      'setup was not set and is "make" now',
      'timeout was not set and is 60 now',
    ]);
  });

  it('finds none between a task and what a record kept of it', () => {
    const one = spec({ envs: { B: '1', A: '2' } });
    expect(differences(JSON.parse(JSON.stringify(one)) as TaskSpec, spec({ envs: { A: '2', B: '1' } }))).to.deep.equal(
      [],
    );
  });

  it('shows of long scripts where they differ', () => {
    const [text = ''] = fields({ run: `${'a'.repeat(500)}one` }, { run: `${'a'.repeat(500)}two${'b'.repeat(500)}` });
    expect(text).to.match(/^run was "?…a+one" and is …a+twob+… now$/);
    expect(text.length).to.be.below(200);
  });

  it('does not take the choice among the same alternatives for a difference', () => {
    const [{ resources }, alternatives] = [spec(), [spec().resources]];
    const taken = { ...resources, cpus: '7' } as TaskSpec['resources'];
    expect(fields({ alternatives }, { alternatives, resources: taken })).to.deep.equal([]);
  });
});
