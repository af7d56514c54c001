import { expect } from 'chai';
import { AddressPool } from '../../../../cluster/node/addresses.js';
import { nameKey, withAddresses } from '../../../../cluster/node/peer-address.js';
import type { Store } from '../../../../cluster/store/store.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

function pod(hostname: string, podIP?: string, phase = 'Running'): KubeObject {
  const metadata = { name: `${hostname}-x`, namespace: 'team', uid: hostname };
  return {
    metadata,
    spec: { hostname, subdomain: 'web' },
    status: { phase, ...(podIP === undefined ? {} : { podIP }) },
  } as unknown as KubeObject;
}

describe('withAddresses', () => {
  const own = pod('node-1', '127.20.0.2');
  const resolve = (value: string, pods: KubeObject[], addresses = new AddressPool('/data')): string | undefined => {
    const store = { list: () => pods } as unknown as Store;
    return withAddresses(new Map([['NAME', value]]), own, { store, addresses }).get('NAME');
  };

  it('puts the addresses of pods in the place of their names', () => {
    const pods = [own, pod('node-0', '127.20.0.9', 'Failed'), pod('node-0', '127.20.0.1')];
    for (const name of ['node-0.web', 'node-0.web.team.svc', 'node-0.web.team.svc.cluster.local']) {
      expect(resolve(name, pods), name).to.equal('127.20.0.1');
    }
    expect(resolve('node-1.web', pods), 'its own').to.equal('127.20.0.2');
  });

  it('leaves alone what is no name of the pod’s own peers', () => {
    for (const text of ['', 'node-0', 'node-0.other', 'node-0.web.other.svc', 'a node-0.web', 'http://node-0.web']) {
      expect(resolve(text, [own]), text).to.equal(text);
    }
  });

  it('tells the address of a pod that is still to come, which then takes it', () => {
    const addresses = new AddressPool('/data');
    const told = resolve('node-0.web', [own], addresses);
    expect(resolve('node-0.web', [own], addresses)).to.equal(told);
    const other = addresses.take(new Set());
    expect(other).to.not.equal(told);
    expect(addresses.take(new Set([other]), nameKey(pod('node-0')))).to.equal(told);
    expect(addresses.take(new Set([other, told ?? '']), nameKey(pod('node-0')))).to.not.equal(told);
  });
});
