import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import type { ErrorJson } from '../support/task-json.js';

describe('request_id', () => {
  const house = useHouse();

  it('makes a submission happen once', async () => {
    const query = `?request_id=${randomUUID()}`;
    const first = await house.submit({ run: 'echo once' }, { query });
    const second = await house.submit({ run: 'echo once' }, { query });
    expect(second.task_id).to.equal(first.task_id);
    expect(await house.kubernetes.list('jobs', `task-id=${first.task_id}`)).to.have.length(1);
    await house.until(first.task_id, 'completed');
    expect((await house.submit({ run: 'echo once' }, { query })).task_id).to.equal(first.task_id);
    expect(await house.log(first.task_id)).to.deep.equal(['once']);
  });

  it('is refused for another task', async () => {
    const query = `?request_id=${randomUUID()}`;
    const { task_id } = await house.submit({ run: 'echo one' }, { query });
    const { status, text } = await house.rest('POST', `/tasks/submit${query}`, { body: { run: 'echo other' } });
    expect(status).to.equal(409);
    const { code, message, details } = JSON.parse(text) as ErrorJson;
    expect(code).to.equal(6);
    expect(message).to.contain(task_id);
    expect(details[0]).to.include({ reason: 'REQUEST_ID_REUSED' });
  });

  it('belongs to a user', async () => {
    const query = `?request_id=${randomUUID()}`;
    const one = await house.submit({ run: 'true' }, { query, user: 'one' });
    const two = await house.submit({ run: 'true' }, { query, user: 'two' });
    expect(two.task_id).to.not.equal(one.task_id);
  });

  it('of ten calls at once makes one task', async () => {
    const query = `?request_id=${randomUUID()}`;
    const calls = Array.from({ length: 10 }, () => house.submit({ num_nodes: 2, run: 'true' }, { query, user: 'ten' }));
    const ids = new Set((await Promise.all(calls)).map(({ task_id }) => task_id));
    expect(ids.size).to.equal(1);
    const { tasks } = await house.get<{ tasks: readonly unknown[] }>('/tasks', { user: 'ten' });
    expect(tasks).to.have.length(1);
    expect(await house.kubernetes.list('jobs', 'username=ten')).to.have.length(2);
  });
});
