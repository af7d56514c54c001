import { expect } from 'chai';
import { processOf } from '../../../../cli/local/process.js';

describe('processOf', () => {
  it('knows this process, and takes no group of processes for one', () => {
    expect(processOf(process.pid)?.pid).to.equal(process.pid);
    // What a start without a process leaves; a signal to it would reach all processes of the user.
    for (const pid of [-1, 0, -process.pid]) expect(processOf(pid)).to.equal(undefined);
  });
});
