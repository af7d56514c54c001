import { expect } from 'chai';
import { type Ended, isLost } from '../../../../../server/domain/logs/loss.js';
import { nodeState } from '../../../../../server/domain/status/node-state.js';
import type { NodeView, TaskNode } from '../../../../../server/domain/task.js';
import { endedNode, job, node, pod, record, result, T0, terminated } from '../../../../support/server/views.js';

/** A node of which nothing is there any more, in a state. */
function ended(state: TaskNode['state'], over: Partial<TaskNode> = {}): Ended {
  const view = node({ job: undefined });
  const told = { ...nodeState(view, record({ results: [result({ state: 'COMPLETED' })] })), startedAtMs: undefined };
  return { state: { ...told, state, ...over }, view, record: record(), read: false };
}

const gone = (over: Parameters<typeof pod>[0]): NodeView => node({ job: job(), gone: pod(over) });
const halt = (reason: string, blamed: readonly number[]): Ended['record'] => ({
  halt: { timeMs: T0, blamed, reason, message: '', startedAtMs: {} },
});

describe('isLost', () => {
  const cases: readonly (readonly [what: string, lost: boolean, node: Ended])[] = [
    ['completed', true, ended('COMPLETED')],
    ['failed', true, ended('FAILED')],
    ['was stopped while it ran', true, ended('STOPPED', { startedAtMs: T0 })],
    ['was stopped before it started', false, ended('STOPPED')],
    ['waits', false, ended('PENDING')],
    ['ran and was read', false, { ...ended('COMPLETED', { startedAtMs: T0 }), read: true }],
    ['ran, and has its pod', false, { ...ended('COMPLETED', { startedAtMs: T0 }), view: endedNode(0, 0) }],
    ['was never seen', true, { ...ended('FAILED'), view: undefined }],
    [
      'ended before it was told of the others',
      false,
      { ...ended('FAILED', { startedAtMs: T0 }), view: gone({ silent: true, container: terminated(143) }) },
    ],
    [
      'ran silently when it was seen last',
      true,
      {
        ...ended('FAILED', { startedAtMs: T0 }),
        view: gone({ silent: true, container: { state: 'running', startedAtMs: T0 } }),
      },
    ],
    ['did not start in time', false, { ...ended('FAILED'), record: halt('DeadlineExceeded', [0]) }],
    [
      'ran longer than it may',
      true,
      { ...ended('FAILED', { startedAtMs: T0 }), record: halt('DeadlineExceeded', [0]) },
    ],
    ['completed while another one did not start in time', true, { ...ended('COMPLETED'), record: halt('x', [1]) }],
    ['failed, and ended the others', true, { ...ended('FAILED'), record: halt('', [0]) }],
  ];
  for (const [what, lost, about] of cases) {
    it(`of a node that ${what}: ${lost}`, () => {
      expect(isLost(about)).to.equal(lost);
    });
  }
});
