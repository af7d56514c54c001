import { expect } from 'chai';
import { placeIn, sourceLines, splitPlace } from '../../../../cli/output/place.js';

describe('places in task files', () => {
  it('are taken from what the server says, and put the way editors read them', () => {
    const { at, words } = splitPlace('line 3, column 15: run: is empty');
    expect([placeIn('a.yaml', at), words]).to.deep.equal(['a.yaml:3:15', 'run: is empty']);
  });

  it('are left out where there are none', () => {
    const { at, words } = splitPlace('about line 3, column 1: no');
    expect([placeIn('a.yaml', at), words]).to.deep.equal(['a.yaml', 'about line 3, column 1: no']);
  });

  it('are marked below the line, wide characters counted as the terminal counts them', () => {
    expect(sourceLines('name: 任务 x', 10)).to.deep.equal(['    name: 任务 x', `${' '.repeat(15)}^`]);
    expect(sourceLines('cut…', 300)).to.deep.equal(['    cut…']);
    expect(sourceLines(undefined, 1)).to.deep.equal([]);
  });
});
