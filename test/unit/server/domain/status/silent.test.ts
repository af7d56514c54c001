import { expect } from 'chai';
import { nodeState } from '../../../../../server/domain/status/node-state.js';
import { eventsOfAll, silentUids } from '../../../../../server/domain/status/silent.js';
import { endedNode, node, pod, runningNode, T0, view, waitingNode } from '../../../../support/server/views.js';

describe('silentUids', () => {
  it('are of nodes that wait without saying why, and few of many', () => {
    const told = pod({
      index: 2,
      container: { state: 'waiting', reason: 'ImagePullBackOff', message: 'no such image' },
    });
    const creating = pod({ index: 3, container: { state: 'waiting', reason: 'ContainerCreating', message: '' } });
    const nodes = [runningNode(0), endedNode(1, 0), node({ index: 2, pod: told }), node({ index: 3, pod: creating })];
    const seen = view([...nodes, ...[4, 5, 6].map(waitingNode)]);
    const states = seen.nodes.map((one) => nodeState(one, seen.record));
    expect(silentUids(seen, states)).to.deep.equal(['pod-3', 'job-4', 'job-5']);
  });
});

describe('eventsOfAll', () => {
  it('asks for each', async () => {
    const source = { eventsOf: async (uid: string) => [{ reason: uid, message: '', warning: true, timeMs: T0 }] };
    const events = await eventsOfAll(source, ['pod-0', 'job-1'], new AbortController().signal);
    expect([...events].map(([uid, [event]]) => [uid, event?.reason])).to.deep.equal([
      ['pod-0', 'pod-0'],
      ['job-1', 'job-1'],
    ]);
  });
});
