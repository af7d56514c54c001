import { expect } from 'chai';
import { toRestJson } from '../../../client/rest-json.js';
import { TaskState, TaskStatus } from '../../../gen/k8scli/v1/task.js';
import { LogSummary, StreamTaskLogsResponse } from '../../../gen/k8scli/v1/task_service.js';

describe('toRestJson', () => {
  it('writes every field by its proto name, enums by name and times as RFC 3339', () => {
    const json = toRestJson(
      'TaskStatus',
      TaskStatus.fromPartial({
        taskId: 'abc12345',
        state: TaskState.FAILED,
        createdAt: { seconds: 1_700_000_000n, nanos: 5_000_000 },
        metadata: { numNodes: 2, nodeJobs: ['a', 'b'] },
        nodes: [{ index: 0, state: TaskState.COMPLETED, exitCode: 0 }, { index: 1 }],
      }),
    );
    expect(json).to.be.an('object');
    expect(Object.keys(Object(json))).to.deep.equal([
      'task_id',
      'name',
      'status',
      'created_at',
      'updated_at',
      'username',
      'metadata',
      'state',
      'nodes',
      'diagnosis',
      'started_at',
      'finished_at',
      'stop',
      'attempt',
      'past_attempts',
    ]);
    expect(json).to.include({
      state: 'FAILED',
      created_at: '2023-11-14T22:13:20.005Z',
      updated_at: null,
      diagnosis: null,
    });
    expect(json).to.have.property('metadata').that.includes({ num_nodes: 2, failed_nodes: 0 });
    expect(json).to.have.nested.property('nodes[0].exit_code', 0);
    expect(json).to.not.have.nested.property('nodes[1].exit_code');
    expect(json).to.have.nested.property('nodes[1].state', 'TASK_STATE_UNSPECIFIED');
  });

  it('writes 64-bit integers as strings and bytes as base64', () => {
    const summary = toRestJson(
      'LogSummary',
      LogSummary.fromPartial({ nodes: [{ node: 1, lines: 9_007_199_254_740_993n }] }),
    );
    expect(summary).to.have.nested.property('nodes[0].lines', '9007199254740993');
    const message = StreamTaskLogsResponse.fromPartial({ entries: [{ raw: Buffer.from([0xff, 0x00]) }] });
    expect(toRestJson('StreamTaskLogsResponse', message)).to.have.nested.property('entries[0].raw', '/wA=');
  });

  it('refuses a message it has no descriptor of', () => {
    expect(() => toRestJson('Nothing', {})).to.throw('no descriptor of .k8scli.v1.Nothing');
  });
});
