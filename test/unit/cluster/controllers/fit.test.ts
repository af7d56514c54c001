import { expect } from 'chai';
import { Requests, misfit } from '../../../../cluster/controllers/fit.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

const metadata = { name: 'x', uid: 'x', resourceVersion: '1', creationTimestamp: '' };
const labels = { 'kubernetes.io/arch': 'amd64', zone: 'a' };
const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { ...metadata, name: 'embedded', labels },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '2' } },
};

function pod(requests: Record<string, string>, spec: KubeObject['spec'] = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ resources: { requests } }], ...spec } };
}

const taken = (...pods: KubeObject[]): Requests => new Requests(pods);

const preemption = '. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ';
/** It would be too much for the empty node. */
const rest = `${preemption}Preemption is not helpful for scheduling.`;
/** Others have what it needs. */
const busy = `${preemption}No preemption victims found for incoming pod.`;

describe('misfit', () => {
  it('lets pods on the node as long as its capacity lasts', () => {
    expect(misfit(pod({ cpu: '500m' }), node, taken(pod({ cpu: '1500m' })))).to.equal(undefined);
    expect(misfit(pod({ cpu: '501m' }), node, taken(pod({ cpu: '1500m' })))).to.equal(
      `0/1 nodes are available: 1 Insufficient cpu${busy}`,
    );
    expect(misfit(pod({ memory: '2Gi', cpu: '3' }), node, taken())).to.equal(
      `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory${rest}`,
    );
    expect(misfit(pod({}), node, taken(pod({}), pod({})))).to.equal(`0/1 nodes are available: 1 Too many pods${busy}`);
  });

  it('adds up exactly what many ask for', () => {
    for (const [cpu, request, count] of [
      ['8', '400m', 20],
      ['4', '200m', 20],
      ['7', '700m', 10],
    ] as const) {
      const machine = { ...node, status: { allocatable: { cpu, pods: '110' } } };
      const others = Array.from({ length: count - 1 }, () => pod({ cpu: request }));
      expect(misfit(pod({ cpu: request }), machine, taken(...others)), `${count} of ${request}`).to.equal(undefined);
      expect(misfit(pod({ cpu: '1m' }), machine, taken(...others, pod({ cpu: request })))).to.contain(
        'Insufficient cpu',
      );
    }
  });

  it('has none of the resources that the node does not name', () => {
    const gpu = { containers: [{ resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
    expect(misfit(pod({}, gpu), node, taken())).to.equal(
      `0/1 nodes are available: 1 Insufficient nvidia.com/gpu${rest}`,
    );
  });

  it('looks at the labels of the node', () => {
    const why = `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector${rest}`;
    expect(misfit(pod({}, { nodeSelector: { zone: 'a' } }), node, taken())).to.equal(undefined);
    expect(misfit(pod({}, { nodeSelector: { zone: 'b' } }), node, taken())).to.equal(why);
    const affinity = (...matchExpressions: object[]): object => ({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
      },
    });
    const fits = (...expressions: object[]): boolean =>
      misfit(pod({}, affinity(...expressions)), node, taken()) === undefined;
    expect(fits({ key: 'zone', operator: 'In', values: ['b', 'a'] })).to.equal(true);
    expect(fits({ key: 'zone', operator: 'NotIn', values: ['a'] })).to.equal(false);
    expect(fits({ key: 'gpu', operator: 'NotIn', values: ['a'] })).to.equal(true);
    expect(fits({ key: 'zone', operator: 'Exists' }, { key: 'gpu', operator: 'Exists' })).to.equal(false);
    expect(fits({ key: 'gpu', operator: 'DoesNotExist' })).to.equal(true);
    expect(fits()).to.equal(false);
  });
});
