import { expect } from 'chai';
import { WorkQueue } from '../../../../cluster/controllers/queue.js';

describe('WorkQueue', () => {
  it('looks at a key once for many additions, and again for one made meanwhile', async () => {
    const seen: string[] = [];
    const end = new AbortController();
    await new Promise<void>((resolve) => {
      const queue = new WorkQueue(
        'test',
        (key) => {
          seen.push(key);
          if (seen.length === 1) queue.add('a');
          if (seen.length === 3) resolve();
        },
        end.signal,
      );
      for (const key of ['a', 'a', 'b']) queue.add(key);
      expect(seen).to.deep.equal([]);
    });
    expect(seen).to.deep.equal(['a', 'b', 'a']);
    end.abort();
  });

  it('tries again after an error', async () => {
    const end = new AbortController();
    let calls = 0;
    await new Promise<void>((resolve) => {
      const handle = (): void => {
        calls += 1;
        if (calls === 1) throw new Error('not yet');
        resolve();
      };
      new WorkQueue('test', handle, end.signal).add('a');
    });
    expect(calls).to.equal(2);
    end.abort();
  });

  it('does nothing after its end', async () => {
    const end = new AbortController();
    let calls = 0;
    const queue = new WorkQueue('test', () => void (calls += 1), end.signal);
    queue.addAfter('a', 0);
    end.abort();
    queue.add('b');
    queue.addAfter('c', 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).to.equal(0);
  });
});
