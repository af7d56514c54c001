import { expect } from 'chai';
import { misfit } from '../../../../cluster/controllers/fit.js';
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

const preemption = '. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ';
/** It would be too much for the empty node. */
const rest = `${preemption}Preemption is not helpful for scheduling.`;
/** Others have what it needs. */
const busy = `${preemption}No preemption victims found for incoming pod.`;

describe('misfit', () => {
  it('lets pods on the node as long as its capacity lasts', () => {
    expect(misfit(pod({ cpu: '500m' }), node, [pod({ cpu: '1500m' })])).to.equal(undefined);
    expect(misfit(pod({ cpu: '501m' }), node, [pod({ cpu: '1500m' })])).to.equal(
      `0/1 nodes are available: 1 Insufficient cpu${busy}`,
    );
    expect(misfit(pod({ memory: '2Gi', cpu: '3' }), node, [])).to.equal(
      `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory${rest}`,
    );
    expect(misfit(pod({}), node, [pod({}), pod({})])).to.equal(`0/1 nodes are available: 1 Too many pods${busy}`);
  });

  it('has none of the resources that the node does not name', () => {
    const gpu = { containers: [{ resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
    expect(misfit(pod({}, gpu), node, [])).to.equal(`0/1 nodes are available: 1 Insufficient nvidia.com/gpu${rest}`);
  });

  it('looks at the labels of the node', () => {
    const why = `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector${rest}`;
    expect(misfit(pod({}, { nodeSelector: { zone: 'a' } }), node, [])).to.equal(undefined);
    expect(misfit(pod({}, { nodeSelector: { zone: 'b' } }), node, [])).to.equal(why);
    const affinity = (...matchExpressions: object[]): object => ({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
      },
    });
    const fits = (...expressions: object[]): boolean =>
      misfit(pod({}, affinity(...expressions)), node, []) === undefined;
    expect(fits({ key: 'zone', operator: 'In', values: ['b', 'a'] })).to.equal(true);
    expect(fits({ key: 'zone', operator: 'NotIn', values: ['a'] })).to.equal(false);
    expect(fits({ key: 'gpu', operator: 'NotIn', values: ['a'] })).to.equal(true);
    expect(fits({ key: 'zone', operator: 'Exists' }, { key: 'gpu', operator: 'Exists' })).to.equal(false);
    expect(fits({ key: 'gpu', operator: 'DoesNotExist' })).to.equal(true);
    expect(fits()).to.equal(false);
  });
});
