import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const problem = (name: string): string | undefined =>
  problemsOf(`run: a\nname: ${name}`)[0]?.replace('line 2, column 7: name: ', '');

describe('readName', () => {
  for (const name of ['a', 'my-task', 'My_Task.v2', 'a--b', '0', 'x'.repeat(128)]) {
    it(`takes ${name.slice(0, 20)}`, () => {
      expect(specOf(`run: a\nname: "${name}"`).name).to.equal(name);
    });
  }

  it('counts an empty name as none', () => {
    expect(specOf('run: a\nname: ""').name).to.equal(undefined);
    expect(specOf('run: a\nname:').name).to.equal(undefined);
  });

  const shape = 'use letters and digits with at most two of "-", "_" or "." between them, as in my-task.v2';
  const bad: [string, string][] = [
    ['x'.repeat(200), 'is 200 characters long; at most 128 are allowed; shorten it'],
    ['训练任务', '"训练任务" has characters other than ASCII letters, digits, "-", "_" and "."; use those only'],
    ['my task', `"my task" is not a task name; ${shape}`],
    ['a---b', `"a---b" is not a task name; ${shape}`],
    ['-a', `"-a" is not a task name; ${shape}`],
    ['a-', `"a-" is not a task name; ${shape}`],
    ['a/b', `"a/b" is not a task name; ${shape}`],
    ['123', 'must be text, not 123; put it in quotes'],
    ['no', 'must be text, not false; put it in quotes'],
    ['[a]', 'must be text, not a list; write one text'],
  ];
  for (const [name, message] of bad) {
    it(`refuses ${name.slice(0, 20)}`, () => {
      expect(problem(name)).to.equal(message);
    });
  }
});
