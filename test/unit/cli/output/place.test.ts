import { expect } from 'chai';
import { splitPlace } from '../../../../cli/output/place.js';

describe('splitPlace', () => {
  it('puts the position the way editors read it', () => {
    expect(splitPlace('line 3, column 15: run: is empty')).to.deep.equal({ place: ':3:15', words: 'run: is empty' });
  });

  it('leaves a text without a position as it is', () => {
    expect(splitPlace('about line 3, column 1: no')).to.deep.equal({ place: '', words: 'about line 3, column 1: no' });
  });
});
