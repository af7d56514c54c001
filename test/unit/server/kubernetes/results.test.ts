import { expect } from 'chai';
import { aggregate } from '../../../../server/domain/status/aggregate.js';
import type { NodeView, TaskRecord } from '../../../../server/domain/task.js';
import { choreOf } from '../../../../server/kubernetes/chores/chores.js';
import { resultsOf } from '../../../../server/kubernetes/results.js';
import { endedNode, job, node, pod, result, T0, terminated, view } from '../../../support/server/views.js';

const HOUR_MS = 3_600_000;
const SPANS = { retainMs: 12 * HOUR_MS, podsReadyMs: undefined };
const HALT = { timeMs: T0, blamed: [0], reason: 'DeadlineExceeded', message: 'too long', startedAtMs: {} };
const STOP = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };
/** Two days after the task was made. */
const END_MS = T0 + 48 * HOUR_MS;

describe('resultsOf', () => {
  const suspended = node({ job: job({ suspended: true }) });
  for (const [title, ended, over, state] of [
    ['whose Job was deleted', node({ job: undefined }), {}, 'FAILED'],
    ['that a halt blames and that never started', suspended, { halt: HALT }, 'FAILED'],
    ['that was stopped before it started', suspended, { stop: STOP }, 'STOPPED'],
    ['whose Job does not say when it was complete', node({ job: job({ outcome: 'complete' }) }), {}, 'COMPLETED'],
  ] as const satisfies readonly (readonly [string, NodeView, Partial<TaskRecord>, string])[]) {
    it(`says of a node ${title} when that was seen, which counts from then on`, () => {
      const seen = { ...view([ended, endedNode(1, 0)], over), changedAtMs: END_MS };
      const results = resultsOf(seen);
      expect(results.get(0)).to.include({ state, finishedAtMs: END_MS });
      expect(aggregate(seen, 'default').finishedAtMs, 'before it is written down').to.equal(END_MS);

      const record = { ...seen.record, results: [...results.values()] };
      const afterRestart = { ...seen, record, changedAtMs: END_MS + HOUR_MS };
      expect(aggregate(afterRestart, 'default').finishedAtMs).to.equal(END_MS);
      const remove = { kind: 'remove', afterMs: 11 * HOUR_MS };
      expect(choreOf(afterRestart, END_MS + HOUR_MS, SPANS)).to.deep.equal(remove);
    });
  }

  it('keeps that the pod of a node was deleted, when neither pod nor Job is there any more', () => {
    const gone = pod({ phase: 'Failed', container: terminated(137), deletedAtMs: T0 });
    const seen = view([node({ job: job({ outcome: 'failed' }), gone })]);
    const results = [...resultsOf(seen).values()];
    expect(results[0]).to.include({ state: 'FAILED', reason: 'PodDeleted', exitCode: 137 });
    const later = view([node({ job: undefined })], { results });
    expect(aggregate(later, 'default').nodes[0]).to.include({ reason: 'PodDeleted', exitCode: 137 });
  });
});

describe('the removal of a task', () => {
  it('does not come early where the record does not say when a node ended', () => {
    const results = [result({ state: 'FAILED', finishedAtMs: undefined }), result()];
    const seen = { ...view([node({ job: undefined }), endedNode(1, 0)], { results }), changedAtMs: END_MS };
    expect(choreOf(seen, END_MS, SPANS)).to.deep.equal({ kind: 'remove', afterMs: 12 * HOUR_MS });
  });
});
