import { expect } from 'chai';
import { TaskState, TaskStatus } from '../../../../gen/k8scli/v1/task.js';
import { ListTasksResponse } from '../../../../gen/k8scli/v1/task_service.js';
import { encodeTaskList } from '../../../../server/transport/list-encoding.js';

const TASKS = ['bbbbbbbb', 'cccccccc'].map((taskId, index) =>
  TaskStatus.fromPartial({
    taskId,
    name: 'größer',
    state: TaskState.RUNNING,
    createdAt: { seconds: 1_795_743_677n, nanos: 711_000_000 },
    metadata: { numNodes: index + 1, nodeJobs: ['a', 'b'] },
    nodes: [{ index, exitCode: 0, podName: 'pod' }],
  }),
);

describe('encodeTaskList', () => {
  for (const [what, message] of [
    ['nothing', { tasks: [], nextPageToken: '' }],
    ['a last page', { tasks: TASKS, nextPageToken: '' }],
    ['an old page', { tasks: TASKS, nextPageToken: '', outage: { since: TASKS[0]?.createdAt, message: 'refused' } }],
    ['a page', { tasks: TASKS.toReversed(), nextPageToken: 'more' }],
  ] satisfies [string, ListTasksResponse][]) {
    it(`makes of ${what} the bytes that the generated code makes, also when its tasks are known`, () => {
      const expected = Buffer.from(ListTasksResponse.encode(message).finish()).toString('hex');
      expect(encodeTaskList(message).toString('hex')).to.equal(expected);
      expect(encodeTaskList(message).toString('hex')).to.equal(expected);
    });
  }

  it('encodes a task that has changed anew', () => {
    const before = encodeTaskList({ tasks: TASKS, nextPageToken: '' });
    const changed = TASKS.map((task) => ({ ...task, name: 'other' }));
    const { tasks } = ListTasksResponse.decode(encodeTaskList({ tasks: changed, nextPageToken: '' }));
    expect(tasks.map(({ name }) => name)).to.deep.equal(['other', 'other']);
    expect(ListTasksResponse.decode(before).tasks.map(({ name }) => name)).to.deep.equal(['größer', 'größer']);
  });
});
