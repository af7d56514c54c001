import { expect } from 'chai';
import { missingFirst } from '../../../../cli/output/scheduler-words.js';

describe('missingFirst', () => {
  const tail = 'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
  for (const [text, shown] of [
    [
      '0/1 nodes are available: 1 Insufficient nvidia.com/gpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
      'Insufficient nvidia.com/gpu (0/1 nodes are available)',
    ],
    [
      `node-1: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ${tail}`,
      'node-1: 2 Insufficient cpu, 1 node(s) had untolerated taint(s) (0/3 nodes are available)',
    ],
    [
      `waiting: 0/2 nodes are available: 2 Insufficient cpu. ${tail}`,
      'waiting: Insufficient cpu (0/2 nodes are available)',
    ],
    [
      `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${tail}`,
      "3 node(s) didn't match Pod's node affinity/selector (0/3 nodes are available)",
    ],
    [
      '0/1 nodes are available: persistentvolumeclaim "data" not found.',
      'persistentvolumeclaim "data" not found (0/1 nodes are available)',
    ],
    ['exit code 3', 'exit code 3'],
    ['', ''],
  ] as const) {
    it(`makes "${shown}" of "${text}"`, () => {
      expect(missingFirst(text)).to.equal(shown);
    });
  }
});
