import { expect } from 'chai';
import { AddressPool } from '../../../../cluster/node/addresses.js';

describe('AddressPool', () => {
  it('gives loopback addresses that are not in use, from a network of its own', function () {
    const pool = new AddressPool('/data');
    const first = pool.take(new Set());
    if (process.platform !== 'linux') {
      expect(first).to.equal('127.0.0.1');
      return;
    }
    expect(first).to.match(/^127\.(1[6-9]|[2-9]\d|1\d\d|2[0-3]\d)\.\d+\.\d+$/);
    const second = new AddressPool('/data').take(new Set([first]));
    expect(second).not.to.equal(first);
    expect(second.split('.')[1]).to.equal(first.split('.')[1]);
    expect(pool.take(new Set())).to.equal(second);
  });
});
