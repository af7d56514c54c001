import { expect } from 'chai';
import { pause } from '../../../server/pause.js';

describe('pause', () => {
  it('is true after the time and false when it was cut short', async () => {
    const gone = new AbortController();
    expect(await pause(1, gone.signal)).to.equal(true);
    const long = pause(60_000, gone.signal);
    gone.abort();
    expect(await long).to.equal(false);
    expect(await pause(60_000, gone.signal)).to.equal(false);
  });
});
