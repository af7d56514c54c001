import { expect } from 'chai';
import { problemsOf, warningsOf } from '../outcome.js';

describe('readHooks', () => {
  const config = (hooks: string): string => `run: a\nconfig: {hooks: ${hooks}}`;

  for (const hooks of ['[]', '[{run: a, events: [preemption]}]', '[{events: [preemption]}, {events: [preemption]}]']) {
    it(`leaves ${hooks} out with a warning`, () => {
      expect(warningsOf(config(hooks))).to.deep.equal([
        'line 2, column 17: config.hooks: ignored: no notice of a preemption is given; a task that is stopped gets SIGTERM',
      ]);
    });
  }

  for (const hooks of [
    '[{run: a}]',
    '[{run: a, events: []}]',
    '[{run: a, events: [stop]}]',
    '[{run: a, events: [preemption, down]}]',
    '[{events: [preemption]}, {events: [stop]}]',
    '[a]',
  ]) {
    it(`refuses ${hooks}`, () => {
      expect(problemsOf(config(hooks))).to.deep.equal([
        'line 2, column 17: config.hooks: hooks are not supported yet; trap SIGTERM in run',
      ]);
    });
  }

  it('refuses what is no list', () => {
    expect(problemsOf(config('{run: a}'))).to.deep.equal([
      'line 2, column 17: config.hooks: must be a list of hooks, not a mapping; leave it out, and trap SIGTERM in run',
    ]);
  });
});
