import { expect } from 'chai';
import { WorkQueue } from '../../../../cluster/controllers/queue.js';

describe('WorkQueue', () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  it('looks at a key once for many additions, and again for one made meanwhile', async () => {
    const seen: string[] = [];
    const gates: (() => void)[] = [];
    const end = new AbortController();
    const handle = async (key: string): Promise<void> => {
      seen.push(key);
      await new Promise<void>((resolve) => gates.push(resolve));
    };
    const queue = new WorkQueue('test', handle, end.signal);
    queue.add('a');
    queue.add('a');
    queue.add('b');
    await turn();
    expect(seen).to.deep.equal(['a', 'b']);
    queue.add('a');
    queue.add('a');
    await turn();
    expect(seen).to.deep.equal(['a', 'b']);
    for (const open of gates.splice(0)) open();
    await turn();
    expect(seen).to.deep.equal(['a', 'b', 'a']);
    for (const open of gates.splice(0)) open();
    end.abort();
  });

  it('tries again after an error', async () => {
    const end = new AbortController();
    let calls = 0;
    await new Promise<void>((resolve) => {
      const handle = async (): Promise<void> => {
        calls += 1;
        if (calls === 1) throw new Error('not yet');
        resolve();
      };
      // The queue's own timers do not keep the process alive.
      const alive = setInterval(() => undefined, 1000);
      end.signal.addEventListener('abort', () => clearInterval(alive));
      new WorkQueue('test', handle, end.signal).add('a');
    });
    expect(calls).to.equal(2);
    end.abort();
  });

  it('does nothing after its end', async () => {
    const end = new AbortController();
    let calls = 0;
    const queue = new WorkQueue('test', async () => void (calls += 1), end.signal);
    queue.addAfter('a', 0);
    end.abort();
    queue.add('b');
    queue.addAfter('c', 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).to.equal(0);
  });
});
