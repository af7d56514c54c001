import { expect } from 'chai';
import { COLOURED, coloursWanted, nodePaint, PLAIN, statePaint } from '../../../../cli/output/style.js';

describe('colours', () => {
  it('are wanted unless a flag, NO_COLOR or a dumb terminal says otherwise', () => {
    expect(coloursWanted(true, { TERM: 'xterm' })).to.equal(true);
    expect(coloursWanted(true, { NO_COLOR: '' })).to.equal(true);
    expect(coloursWanted(false, {})).to.equal(false);
    expect(coloursWanted(true, { NO_COLOR: '1' })).to.equal(false);
    expect(coloursWanted(true, { TERM: 'dumb' })).to.equal(false);
  });

  it('are those of the state, and different for neighbouring nodes', () => {
    expect(COLOURED(statePaint('failed'), 'failed')).to.equal('\u001b[31mfailed\u001b[39m');
    expect(PLAIN(statePaint('failed'), 'failed')).to.equal('failed');
    expect(COLOURED(statePaint('no-state'), 'x')).to.equal('x');
    expect(nodePaint(0)).to.not.equal(nodePaint(1));
    expect(nodePaint(6)).to.equal(nodePaint(0));
  });
});
