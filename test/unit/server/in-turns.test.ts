import { expect } from 'chai';
import { inTurns } from '../../../server/in-turns.js';

describe('inTurns', () => {
  it('gives all items in their order, those that are added meanwhile too', async () => {
    const items = new Set([1, 2]);
    const seen: number[] = [];
    for await (const item of inTurns(items)) {
      items.delete(item);
      if (item < 4) items.add(item + 2);
      seen.push(item);
    }
    expect(seen).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('gives others a turn when items take long', async () => {
    let turns = 0;
    const turn = setInterval(() => {
      turns += 1;
    }, 0);
    for await (const _ of inTurns([1, 2, 3])) {
      const untilMs = performance.now() + 5;
      while (performance.now() < untilMs);
    }
    clearInterval(turn);
    expect(turns).to.be.greaterThan(0);
  });
});
