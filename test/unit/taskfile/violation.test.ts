import { expect } from 'chai';
import { formatViolation } from '../../../taskfile/violation.js';

const nowhere = { fix: undefined, line: undefined, column: undefined, source: undefined };

describe('formatViolation', () => {
  it('puts place, field, problem and repair into one line', () => {
    const violation = {
      field: 'num_node',
      message: 'unknown field',
      fix: 'did you mean num_nodes?',
      line: 3,
      column: 5,
      source: '    num_node: 2',
    };
    expect(formatViolation(violation)).to.equal('line 3, column 5: num_node: unknown field; did you mean num_nodes?');
  });

  it('leaves out what it does not know', () => {
    expect(formatViolation({ ...nowhere, field: 'run', message: 'is missing' })).to.equal('run: is missing');
    expect(formatViolation({ ...nowhere, field: '', message: 'not a task' })).to.equal('not a task');
  });
});
