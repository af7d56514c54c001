import { expect } from 'chai';
import { Limit } from '../../../../../server/kubernetes/api/limit.js';

describe('Limit', () => {
  const over = (limit: Limit): Promise<unknown> => new Promise((resolve) => limit.whenOver(resolve));

  it('is over after its time', async () => {
    const limit = new Limit(5, undefined);
    expect(limit.reason).to.equal(undefined);
    expect(await over(limit)).to.have.property('name', 'TimeoutError');
    expect(limit.reason?.error).to.have.property('name', 'TimeoutError');
  });

  it('is over with its caller’s signal, before and afterwards', async () => {
    const caller = new AbortController();
    const limit = new Limit(60_000, caller.signal);
    const told = over(limit);
    caller.abort('gone');
    expect(await told).to.equal('gone');
    expect(await over(limit)).to.equal('gone');
    expect(await over(new Limit(60_000, caller.signal))).to.equal('gone');
    limit.end();
  });

  it('tells only who works on the request', async () => {
    const caller = new AbortController();
    const limit = new Limit(60_000, caller.signal);
    const told: string[] = [];
    limit.whenOver(() => told.push('first'));
    limit.whenOver(() => told.push('second'));
    caller.abort();
    expect(told).to.deep.equal(['second']);
  });

  it('tells nobody when the request has ended', () => {
    const caller = new AbortController();
    const limit = new Limit(60_000, caller.signal);
    const told: unknown[] = [];
    limit.whenOver((error) => told.push(error));
    limit.end();
    caller.abort();
    expect(told).to.deep.equal([]);
    expect(limit.reason).to.equal(undefined);
  });
});
