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
    const body = { run: 'echo other', num_nodes: 2, envs: { A: 'b' } };
    const { status, text } = await house.rest('POST', `/tasks/submit${query}`, { body });
    expect(status).to.equal(409);
    const { code, message, details } = JSON.parse(text) as ErrorJson;
    expect(code).to.equal(6);
    const different = ['num_nodes was 1 and is 2 now', 'envs.A was not set and is "b" now', 'run was "echo one"'];
    for (const part of [task_id, ...different]) expect(message).to.contain(part);
    expect(details[0]).to.include({ reason: 'REQUEST_ID_REUSED' });
    const metadata = details[0]?.['metadata'] as Record<string, string> | undefined;
    expect(metadata?.['different_fields']?.split(',')).to.have.members(['num_nodes', 'envs.A', 'run']);
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
