import { expect } from 'chai';
import { Lifecycle } from '../../../server/lifecycle.js';

describe('Lifecycle', () => {
  it('stops in the opposite order, one after the other, whatever fails', async () => {
    const life = new Lifecycle();
    const seen: string[] = [];
    life.add('first', () => {
      seen.push('first');
    });
    life.add('second', () => Promise.reject(new Error('stuck')));
    life.add('third', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('third');
    });
    await life.stop((name, error) => seen.push(`${name}: ${String(error)}`));
    expect(seen).to.deep.equal(['third', 'second: Error: stuck', 'first']);
  });

  it('stops once, and whoever asks again waits for the same end', async () => {
    const life = new Lifecycle();
    let stops = 0;
    let finish = (): void => {};
    life.add('slow', async () => {
      stops += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const both = [life.stop(() => {}), life.stop(() => {})];
    finish();
    await Promise.all(both);
    expect(stops).to.equal(1);
  });
});
