import { expect } from 'chai';
import { freeAddress } from '../../../../cluster/node/addresses.js';

describe('freeAddress', () => {
  it('gives loopback addresses that are not in use, from a network of the directory', function () {
    if (process.platform !== 'linux') this.skip();
    const inUse = new Set<string>();
    for (let pods = 0; pods < 1000; pods += 1) inUse.add(freeAddress('/data', inUse));
    expect(inUse.size).to.equal(1000);
    const networks = new Set([...inUse].map((address) => address.split('.').slice(0, 2).join('.')));
    expect(networks.size).to.equal(1);
    expect([...networks][0]).to.match(/^127\.(1[6-9]|[2-9]\d|1\d\d|2[0-3]\d)$/);
  });
});
