import { expect } from 'chai';
import { hostsText } from '../../../../cluster/node/hosts.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

const base = { resourceVersion: '1', creationTimestamp: '', namespace: 'team' };

function pod(name: string, podIP: string | undefined, more: Record<string, unknown> = {}): KubeObject {
  const metadata = { ...base, name, uid: name, labels: { task: 't' } };
  const spec = { hostname: name, subdomain: 'svc' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { phase: 'Running', podIP, ...more } };
}

function service(publishNotReadyAddresses = true): KubeObject {
  const spec = { clusterIP: 'None', selector: { task: 't' }, publishNotReadyAddresses };
  return { apiVersion: 'v1', kind: 'Service', metadata: { ...base, name: 'svc', uid: 's' }, spec };
}

describe('the hosts file of a pod', () => {
  const own = pod('node-0', '127.20.0.1');

  it('names the pod and its peers by every form of their names', () => {
    const lines = hostsText(own, [own, pod('node-1', '127.20.0.2')], [service()]).split('\n');
    expect(lines[2]).to.match(
      /^127\.20\.0\.2\tnode-1\.svc node-1\.svc\.team\.svc node-1\.svc\.team\.svc\.cluster\.local svc /,
    );
    expect(lines[3]).to.match(/^127\.20\.0\.1\tnode-0\.svc .* node-0$/);
  });

  it('leaves out pods that are over, have no address, or belong to somebody else', () => {
    const other = pod('other', '127.20.0.9');
    other.metadata.labels = { task: 'u' };
    const foreign = pod('foreign', '127.20.0.8');
    foreign.metadata.namespace = 'elsewhere';
    const peers = [pod('over', '127.20.0.3', { phase: 'Failed' }), pod('new', undefined), other, foreign];
    expect(hostsText(own, peers, [service()]).match(/127\.20\.\d+\.\d+/g)).to.deep.equal(['127.20.0.1']);
  });

  it('waits for readiness when the Service does', () => {
    const waiting = pod('node-1', '127.20.0.2');
    const ready = pod('node-2', '127.20.0.3', { conditions: [{ type: 'Ready', status: 'True' }] });
    const text = hostsText(own, [waiting, ready], [service(false)]);
    expect(text).not.to.contain('127.20.0.2');
    expect(text).to.contain('127.20.0.3');
  });

  it('has only the own name without a Service', () => {
    expect(hostsText(own, [own, pod('node-1', '127.20.0.2')], [])).to.match(/localhost\n.*\n127\.20\.0\.1\tnode-0\n$/);
  });
});
