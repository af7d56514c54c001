import { request } from 'node:http';
import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import { rest } from '../support/rest.js';
import type { ErrorJson, SubmittedJson, TaskJson } from '../support/task-json.js';

interface LogMessageJson {
  readonly result: {
    readonly entries: readonly { readonly node: number; readonly text: string }[];
    readonly resume_token: string;
    readonly summary: { readonly task: TaskJson; readonly nodes: readonly { readonly lines: string }[] } | null;
  };
}

describe('REST', () => {
  const house = useHouse();
  let done = '';

  before('a task that has ended', async () => {
    const { task_id } = await house.submit({ name: 'counts', run: 'for i in 1 2 3; do echo "$i"; done' });
    await house.until(task_id, 'completed');
    done = task_id;
  });

  const collect = async (lines: AsyncIterable<string>): Promise<string[]> => {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  };

  it('GET / tells what is there', async () => {
    const info = await house.get<object>('/', { user: null });
    expect(info).to.have.all.keys('status', 'service', 'version');
    expect(info).to.include({ status: 'ok', service: 'k8s-cli-api' });
  });

  it('POST /tasks/submit takes the task as JSON', async () => {
    const body = { name: 'as-json', num_nodes: 2, resources: { cpus: '100m' }, envs: { A: '1' }, run: 'echo $A' };
    const { status, text, headers } = await house.rest('POST', '/tasks/submit', { body });
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.equal('application/json');
    const answer = JSON.parse(text) as SubmittedJson;
    expect(answer.task_id).to.match(/^[a-z0-9]{8}$/);
    expect(answer.status).to.equal('submitted');
    expect(answer.warnings).to.deep.equal([]);
    expect((await house.task(answer.task_id)).metadata.num_nodes).to.equal(2);
  });

  it('POST /tasks/submit takes the text of a task file', async () => {
    const { task_id } = await house.submit('name: as-yaml\nresources:\n  cpus: 0.1\nrun: |\n  echo from yaml\n');
    expect(await house.log(task_id)).to.deep.equal(['from yaml']);
  });

  it('POST /tasks/submit?validate_only=true creates nothing', async () => {
    const records = async (): Promise<number> =>
      (await house.kubernetes.list('configmaps', 'skypilot-task=true')).length;
    const before = await records();
    const { status, text } = await house.rest('POST', '/tasks/submit?validate_only=true', { body: { run: 'true' } });
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.include({ task_id: '', status: 'valid', message: 'The task is valid' });
    expect(await records()).to.equal(before);
  });

  it('GET /tasks/{task_id} is the task, bare, with every documented field', async () => {
    const task = await house.task(done);
    expect(task).to.include.keys('task_id', 'name', 'status', 'created_at', 'updated_at', 'username', 'metadata');
    expect(task).to.include({
      task_id: done,
      name: 'counts',
      status: 'completed',
      state: 'COMPLETED',
      username: 'alice',
    });
    expect(task.metadata).to.deep.equal({
      job_name: `counts-${done}`,
      namespace: house.kubernetes.namespace,
      num_nodes: 1,
      node_jobs: [`counts-${done}`],
      succeeded_nodes: 1,
      failed_nodes: 0,
      running_nodes: 0,
      pending_nodes: 0,
      stopped_nodes: 0,
    });
    for (const time of [task.created_at, task.updated_at, task.finished_at]) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    }
  });

  it('GET /tasks/{task_id}/logs is text', async () => {
    const { status, headers, text } = await house.rest('GET', `/tasks/${done}/logs`);
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.match(/^text\/plain/);
    expect(text).to.equal('1\n2\n3\n');
  });

  it('GET /tasks/{task_id}/logs/stream is a JSON object a line, the last one the summary', async () => {
    const { status, lines } = await house.restStream(`/tasks/${done}/logs/stream`);
    expect(status).to.equal(200);
    const messages = (await collect(lines))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogMessageJson);
    const entries = messages.flatMap(({ result }) => result.entries);
    expect(entries.map(({ node, text }) => [node, text])).to.deep.equal([
      [0, '1'],
      [0, '2'],
      [0, '3'],
    ]);
    const summary = messages.at(-1)?.result.summary;
    expect(summary?.task).to.deep.include({ task_id: done, status: 'completed' });
    expect(summary?.nodes[0]).to.include({ lines: '3' });
  });

  it('the same as events is taken up again where it was left, and is over after the summary', async () => {
    const path = `/tasks/${done}/logs/stream`;
    const accept = { accept: 'text/event-stream' };
    const { headers, lines } = await house.restStream(path, { headers: accept });
    expect(headers.get('content-type')).to.match(/^text\/event-stream/);
    const text = await collect(lines);
    const ids = text.filter((line) => line.startsWith('id: ')).map((line) => line.slice('id: '.length));
    expect(text.filter((line) => line.startsWith('data: '))).to.have.length.of.at.least(ids.length);
    expect(ids.length).to.be.at.least(2);
    const resumed = await house.restStream(path, { headers: { ...accept, 'last-event-id': ids[0] ?? '' } });
    expect(resumed.status).to.equal(200);
    const rest = (await collect(resumed.lines)).filter((line) => line.startsWith('data: '));
    const after = rest.map((line) => JSON.parse(line.slice('data: '.length)) as LogMessageJson);
    const texts = text.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length));
    const first = texts
      .map((line) => JSON.parse(line) as LogMessageJson)
      .find(({ result }) => result.resume_token === ids[0]);
    const seen = [first, ...after].flatMap((message) => message?.result.entries ?? []).map((entry) => entry.text);
    expect(seen).to.deep.equal(['1', '2', '3']);
    const over = await house.rest('GET', path, { headers: { ...accept, 'last-event-id': ids.at(-1) ?? '' } });
    expect({ status: over.status, text: over.text }).to.deep.equal({ status: 204, text: '' });
  });

  it('a watch as events is over after the final state too', async () => {
    const path = `/tasks/${done}/watch`;
    const accept = { accept: 'text/event-stream' };
    const [id, data] = await collect((await house.restStream(path, { headers: accept })).lines);
    expect(id).to.equal('id: final');
    expect(data).to.match(/^data: \{"result":\{.*"status":"completed"/);
    const over = await house.rest('GET', path, { headers: { ...accept, 'last-event-id': 'final' } });
    expect({ status: over.status, text: over.text }).to.deep.equal({ status: 204, text: '' });
  });

  it('is taken up again on another replica while the task runs, by id and by token', async () => {
    const numbers = Array.from({ length: 30 }, (_, index) => String(index + 1));
    // In the middle it waits, for as long as it takes to leave the one replica and start the other.
    const wait = 'until [ "$i" -ne 15 ] || [ -e /tmp/on ]; do sleep 0.1; done';
    const run = `for i in ${numbers.join(' ')}; do echo "$i"; sleep 0.1; ${wait}; done`;
    const { task_id: id } = await house.submit({ run });
    const path = `/tasks/${id}/logs/stream`;
    const accept = { accept: 'text/event-stream' };
    const leaving = new AbortController();
    const first = await house.restStream(path, { headers: accept, signal: leaving.signal });
    const seen: string[] = [];
    let token = '';
    for await (const line of first.lines) {
      if (!line.startsWith('data: ')) continue;
      const { result } = JSON.parse(line.slice('data: '.length)) as LogMessageJson;
      if (result.entries.length === 0) continue;
      seen.push(...result.entries.map(({ text }) => text));
      token = result.resume_token;
      if (seen.length >= 5) break;
    }
    leaving.abort();
    expect(seen.length).to.be.within(5, 15);
    const other = await house.anotherServer();
    const both = Promise.all([
      rest(other.url, 'GET', path, { headers: { ...accept, 'last-event-id': token } }),
      rest(other.url, 'GET', `${path}?resume_token=${encodeURIComponent(token)}`),
    ]);
    await house.touch(id, '/tmp/on');
    const [events, messages] = await both;
    for (const { text } of [events, messages]) {
      const rows = [...text.matchAll(/^(?:data: )?(\{.*\})$/gm)].map(
        ([, row = '']) => JSON.parse(row) as LogMessageJson,
      );
      const later = rows.flatMap(({ result }) => result.entries.map((entry) => entry.text));
      expect([...seen, ...later]).to.deep.equal(numbers);
      expect(rows.at(-1)?.result.summary?.task.status).to.equal('completed');
    }
  });

  it('GET /tasks/{task_id}/watch ends with the final state', async () => {
    const { task_id: id } = await house.submit({ run: 'until [ -e /tmp/over ]; do sleep 0.1; done' });
    const { lines } = await house.restStream(`/tasks/${id}/watch`);
    const states: string[] = [];
    for await (const line of lines) {
      if (line === '') continue;
      states.push((JSON.parse(line) as { result: TaskJson }).result.state);
      if (states.indexOf('RUNNING') === states.length - 1) await house.touch(id, '/tmp/over');
    }
    expect(states[0]).to.be.oneOf(['PENDING', 'RUNNING']);
    expect(states).to.include('RUNNING');
    expect(states.at(-1)).to.equal('COMPLETED');
  });

  it('POST /tasks/{task_id}/stop takes no body at all', async () => {
    const { task_id: id } = await house.submit({ run: 'sleep 600 & wait' });
    const { status, text } = await house.rest('POST', `/tasks/${id}/stop`);
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.include({ task_id: id, status: 'stopped' });
  });

  it('volumes have their paths', async () => {
    const body = { name: 'by-rest', size: '1Gi' };
    const created = await house.rest('POST', '/volumes/create', { body });
    const { volume_id: id, status } = JSON.parse(created.text) as { volume_id: string; status: string };
    expect(status).to.equal('created');
    expect(await house.get(`/volumes/${id}`)).to.deep.include({ volume_id: id, name: 'by-rest', size: '1Gi' });
    const deleted = await house.rest('DELETE', `/volumes/${id}`);
    expect(JSON.parse(deleted.text)).to.deep.equal({
      volume_id: id,
      status: 'deleted',
      message: 'Volume by-rest deleted',
    });
  });

  it('errors have a code, a message and details', async () => {
    const { status, text } = await house.rest('GET', '/tasks/zzzzzzzz');
    expect(status).to.equal(404);
    const { code, message, details } = JSON.parse(text) as ErrorJson;
    expect(code).to.equal(5);
    expect(message).to.contain('zzzzzzzz');
    const [info] = details;
    expect(info).to.deep.include({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'TASK_NOT_FOUND' });
  });

  for (const [method, path, status] of [
    ['PUT', '/tasks/submit', 501],
    ['DELETE', '/tasks', 501],
    ['GET', '/nothing/here', 404],
  ] as const) {
    it(`${method} ${path} is refused with ${status}`, async () => {
      const answer = await house.rest(method, path);
      expect(answer.status).to.equal(status);
      expect(JSON.parse(answer.text)).to.have.all.keys('code', 'message', 'details');
    });
  }

  for (const [name, value] of [
    ['Host', 'evil.example:8000'],
    ['Origin', 'https://evil.example'],
  ] as const) {
    it(`a request with a foreign ${name} is refused`, async () => {
      const status = await new Promise((resolve, reject) => {
        const headers = { 'x-user': 'alice', [name]: value };
        request(`${house.server.url}/tasks`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).to.equal(403);
    });
  }
});
