import { expect } from 'chai';
import { meetingOf } from '../../../../../server/domain/status/meeting.js';
import type { PodView, TaskRecord } from '../../../../../server/domain/task.js';
import { node, pod, view } from '../../../../support/server/views.js';

const TOLD = (phase: string): PodView['peers'] => ({ phase, digest: 'x' });

function meeting(pods: (Partial<PodView> | undefined)[], over: Partial<TaskRecord> = {}): ReturnType<typeof meetingOf> {
  const nodes = pods.map((own, index) => node({ index, pod: own && pod({ index, ...own }), livePods: own ? 1 : 0 }));
  return meetingOf(view(nodes, over));
}

describe('meetingOf', () => {
  it('waits for every address, and names who has none', () => {
    expect(meeting([{ address: '10.0.0.1' }, undefined, {}])).to.deep.equal({
      phase: 'wait',
      addresses: [],
      missing: 'node-1, node-2 to start',
    });
  });

  it('knows the addresses in the order of the nodes, and waits for setup', () => {
    expect(
      meeting([
        { address: '10.0.0.9', setUp: true },
        { address: '10.0.0.1', setUp: false },
      ]),
    ).to.deep.equal({
      phase: 'setup',
      addresses: ['10.0.0.9', '10.0.0.1'],
      missing: 'setup of node-1',
    });
  });

  it('begins when setup is done everywhere, and never goes back', () => {
    const both: Partial<PodView>[] = [{ address: '10.0.0.1' }, { address: '10.0.0.2' }];
    expect(meeting(both)?.phase).to.equal('run');
    const ended: Partial<PodView> = { ...both[0], peers: TOLD('run'), phase: 'Failed' };
    expect(meeting([ended, { ...both[1], setUp: false }])?.phase).to.equal('run');
  });

  it('gives up when a node ends before', () => {
    expect(meeting([{ address: '10.0.0.1', phase: 'Failed' }, { address: '10.0.0.2' }])).to.deep.equal({
      phase: 'lost',
      addresses: [],
      missing: 'node-0 ended before it',
    });
  });

  it('waits for a pod that comes in the place of one that was deleted', () => {
    expect(meeting([{ address: '1' }, { address: '2', phase: 'Failed', deleting: true }])?.phase).to.equal('run');
    expect(meeting([{ address: '1', peers: TOLD('run') }, undefined])?.phase).to.equal('wait');
    expect(meeting([{ address: '1', peers: TOLD('run') }, { address: '3' }])?.phase).to.equal('run');
  });

  it('tells nobody of an end while machines are given back because another node found none', () => {
    const halt = { timeMs: 0, blamed: [1], message: '', startedAtMs: {}, retryMs: 30_000 };
    const pods = [{ address: '1' }, undefined];
    expect(meeting(pods, { halt: { ...halt, reason: 'PodsReadyTimeout' } })).to.equal(undefined);
  });

  it('names a few of very many', () => {
    const pods = [{ address: '1' }, ...Array.from({ length: 20 }, () => undefined)];
    expect(meeting(pods)?.missing).to.match(/^node-1, .*node-10 and 10 more to start$/);
  });

  it('is nothing for one node, a stopped task, one without a record, and one that is over', () => {
    expect(meeting([{ address: '1' }])).to.equal(undefined);
    expect(meeting([undefined, undefined])).to.equal(undefined);
    const mark = { user: 'ann', timeMs: 0, reason: '', startedAtMs: {} };
    expect(meeting([{}, {}], { stop: mark })).to.equal(undefined);
    expect(meeting([{}, {}], { uid: undefined })).to.equal(undefined);
    expect(meeting([{ phase: 'Succeeded' }, { phase: 'Failed' }])).to.equal(undefined);
  });
});
