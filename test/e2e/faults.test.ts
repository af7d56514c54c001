import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type ApiProxy, type Matches, startApiProxy } from '../support/api-proxy.js';
import { startCli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';
import { rest, restStream } from '../support/rest.js';
import { targetKubeconfig } from '../support/target.js';
import type { SubmittedJson } from '../support/task-json.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

/** A command that ends the cluster's API server, waits for some seconds and starts it again; unset where there is none. */
const RESTART_API = process.env['K8S_CLI_E2E_RESTART_API'];

const LINES = 50;
/** Numbered lines for about five seconds, then a word that says that it was the last one. */
const NUMBERED = `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "line $i"; sleep 0.1; done; echo end`;
/** The same, but in the middle they wait for a file: not all can be written while something is done. */
const WAITING = NUMBERED.replace('sleep 0.1', 'sleep 0.1; until [ $i -ne 25 ] || [ -e /tmp/on ]; do sleep 0.1; done');
const ALL_LINES = [...Array.from({ length: LINES }, (_, index) => `line ${index + 1}`), 'end'];

const creationOfJobs: Matches = ({ method, path }) => method === 'POST' && path.includes('/jobs');
const creationOfRecords: Matches = ({ method, path }) => method === 'POST' && path.includes('/configmaps');

describe('faults', () => {
  const house = useHouse();
  let home: TemporaryFolder;
  let proxy: ApiProxy;

  beforeEach(async () => {
    home = createTemporaryFolder();
    proxy = await startApiProxy(targetKubeconfig());
  });

  afterEach(async () => {
    await proxy.close();
    home.remove();
  });

  for (const [what, held, matches] of [
    ['before the record was made', 'request', creationOfRecords],
    ['after the record was made', 'answer', creationOfRecords],
    ['before a Job was made', 'request', creationOfJobs],
    ['after a Job was made', 'answer', creationOfJobs],
  ] as const) {
    it(`a server killed during a submission, ${what}: its repetition makes one task`, async () => {
      const server = await house.anotherServer(proxy.kubeconfig);
      const { arrived } = proxy.hold(held, matches);
      const path = `/tasks/submit?request_id=${randomUUID()}`;
      const body = { num_nodes: 2, run: 'echo "made once"' };
      const user = `killed-${held}-${matches === creationOfJobs}`;
      const cut = rest(server.url, 'POST', path, { user, body }).then(
        () => 'answered',
        () => 'cut',
      );
      await arrived;
      server.program.kill('SIGKILL');
      expect(await cut).to.equal('cut');
      const { status, text } = await house.rest('POST', path, { user, body });
      expect(status, text).to.equal(200);
      const { task_id: id } = JSON.parse(text) as SubmittedJson;
      await house.until(id, 'completed', user);
      expect(await house.kubernetes.list('jobs', `username=${user}`)).to.have.length(2);
      const { tasks } = await house.get<{ tasks: readonly { task_id: string }[] }>('/tasks', { user });
      expect(tasks.map(({ task_id }) => task_id)).to.deep.equal([id]);
    });
  }

  it('a server killed at any step of a submission that nobody repeats: another one completes it, or there is nothing', async () => {
    const nodes = 5;
    /** The task that also runs: of the others nothing but their objects is to be seen, which costs a cluster less. */
    const running = 4;
    const ofTask: Matches = ({ method, path }) => method === 'POST' && /\/(configmaps|services|jobs)(\?|$)/.test(path);
    /** Kills a server that has done so many steps of a submission, and returns the user whose it was. */
    const killedAfter = async (steps: number): Promise<string> => {
      const way = await startApiProxy(targetKubeconfig());
      try {
        const server = await house.anotherServer(way.kubeconfig);
        let writes = 0;
        const { arrived } = way.hold('request', (seen) => ofTask(seen) && (writes += 1) > steps);
        const user = `killed-after-${steps}`;
        const resources = steps === running ? {} : { cpus: '500' };
        const body = { num_nodes: nodes, resources, run: 'date +%s' };
        const cut = rest(server.url, 'POST', '/tasks/submit', { user, body }).catch(() => {});
        await arrived;
        server.program.kill('SIGKILL');
        await cut;
        return user;
      } finally {
        await way.close();
      }
    };
    // The record, the Service and a Job for each node.
    const users = await Promise.all(Array.from({ length: nodes + 2 }, (_, steps) => killedAfter(steps)));
    let completed = 0;
    for (const [steps, user] of users.entries()) {
      const records = await house.kubernetes.list('configmaps', `username=${user}`);
      expect(records, `records after ${steps} steps`).to.have.length(steps === 0 ? 0 : 1);
      const id = records[0]?.metadata?.labels?.['task-id'];
      if (id === undefined) continue;
      const jobs = await eventually(async () => {
        const found = await house.kubernetes.list('jobs', `task-id=${id}`);
        expect(found, `Jobs after ${steps} steps`).to.have.length(nodes);
        return found;
      });
      completed += 1;
      if (steps !== running) continue;
      await house.until(id, 'completed', user);
      const made = Math.max(...jobs.map(({ metadata }) => Number(new Date(metadata?.creationTimestamp ?? 0)) / 1000));
      const { text } = await house.rest('GET', `/tasks/${id}/logs`, { user });
      const began = [...text.matchAll(/\| (\d+)$/gm)].map(([, seconds]) => Number(seconds));
      expect(began).to.have.length(nodes);
      expect(Math.min(...began), 'no program before all Jobs exist').to.be.at.least(made);
    }
    process.stdout.write(`      killed=${users.length} completed=${completed} nothing=${users.length - completed}\n`);
  });

  for (const [what, disturb] of [
    [
      'cut again and again',
      async (line: (count: number) => Promise<unknown>) => {
        for (const count of [10, 20, 30]) {
          await line(count);
          proxy.cut();
        }
      },
    ],
    [
      'refused while dozens of lines are written',
      async (line: (count: number) => Promise<unknown>, written: (count: number) => Promise<unknown>) => {
        await line(10);
        await proxy.refuse();
        await written(35);
        await proxy.accept();
      },
    ],
  ] as const) {
    it(`the connection to the API server is ${what}: a followed log loses nothing and has nothing twice`, async () => {
      const server = await house.anotherServer(proxy.kubeconfig);
      const { task_id: id } = await house.submit({ run: NUMBERED });
      const follow = startCli(home, server.url, ['jobs', 'logs', id]);
      const text = restStream(server.url, `/tasks/${id}/logs`);
      const pod = await eventually(async () => {
        const { nodes } = await house.task(id);
        expect(nodes[0]?.pod_name).to.match(/./);
        return nodes[0]?.pod_name ?? '';
      });
      await disturb(
        (count) => follow.seen('stdout', new RegExp(`^line ${count}$`, 'm')),
        (count) => eventually(async () => expect(await house.kubernetes.podLog(pod)).to.contain(`line ${count}\n`)),
      );
      const { code, stdout, stderr } = await follow.ended;
      expect(stdout.trimEnd().split('\n')).to.deep.equal(ALL_LINES);
      expect(code, stderr).to.equal(0);
      const lines: string[] = [];
      for await (const line of (await text).lines) lines.push(line);
      expect(lines.filter((line) => line !== '')).to.deep.equal(ALL_LINES);
    });
  }

  // On the embedded cluster the API server and the node are one process, whose death ends the pods: see embedded.test.ts.
  if (RESTART_API !== undefined) {
    it('the API server is restarted: followed logs lose nothing and have nothing twice, and the end is told', async () => {
      const { task_id: id } = await house.submit({ num_nodes: 2, run: NUMBERED.replace('0.1', '0.5') });
      const expected = [0, 1].map((node) => ALL_LINES.map((line) => `node-${node} | ${line}`));
      const ofNode = (lines: readonly string[], node: number): string[] =>
        lines.filter((line) => line.startsWith(`node-${node} | `));
      const follow = house.startCli(['jobs', 'logs', id]);
      const text = await house.restStream(`/tasks/${id}/logs`);
      for (const node of [0, 1]) await follow.seen('stdout', new RegExp(`^node-${node} \\| line 5$`, 'm'));
      await promisify(exec)(RESTART_API);
      const { code, stdout, stderr } = await follow.ended;
      const lines: string[] = [];
      for await (const line of text.lines) lines.push(line);
      for (const node of [0, 1]) {
        expect(ofNode(logLines(stdout), node), 'over gRPC').to.deep.equal(expected[node]);
        expect(ofNode(logLines(lines.join('\n')), node), 'over REST').to.deep.equal(expected[node]);
      }
      expect(stderr).to.match(new RegExp(`^Task ${id} completed after `, 'm'));
      expect(code).to.equal(0);
      expect((await house.task(id)).metadata.succeeded_nodes).to.equal(2);
    });
  }

  it('while the API server is away status is told from memory, and that it is, and a submission says that it cannot be', async () => {
    const server = await house.anotherServer(proxy.kubeconfig);
    const { task_id: id } = await house.submit({ run: 'sleep 600 & wait' });
    await house.until(id, 'running');
    await eventually(async () => {
      expect((await rest(server.url, 'GET', `/tasks/${id}`)).text).to.contain('"RUNNING"');
    });
    await proxy.refuse();
    const { status, text } = await rest(server.url, 'GET', `/tasks/${id}`);
    expect(status, text).to.equal(200);
    await eventually(async () => {
      const { text: list } = await rest(server.url, 'GET', '/tasks');
      expect(list).to.match(/"outage":\{"since":"[^"]+","message":"[^"]+"\}/);
    });
    const shown = await house.cli(['jobs', 'status', id, '--server', server.url]);
    expect(shown.code, shown.stderr).to.equal(0);
    expect(shown.stderr).to.match(/^k8s-cli: the server has not heard from the cluster for .*\n$/);
    const user = 'away';
    const headers = { 'grpc-timeout': '3S' };
    const refused = await rest(server.url, 'POST', '/tasks/submit', { user, headers, body: { run: 'date' } });
    expect(refused.status, refused.text).to.be.oneOf([503, 504]);
    for (const [method, path] of [
      ['POST', `/tasks/${id}/stop`],
      ['DELETE', `/tasks/${id}?force=true`],
    ] as const) {
      const { status: code, text: words } = await rest(server.url, method, path);
      expect(code, words).to.equal(503);
      expect(words).to.contain('"begun":"false"');
    }
    await proxy.accept();
    await house.cli(['jobs', 'stop', id]);
    await eventually(async () => {
      expect((await rest(server.url, 'GET', `/tasks/${id}`)).text).to.contain('"STOPPED"');
    });
    expect(await house.kubernetes.list('configmaps', `username=${user}`)).to.deep.equal([]);
  });

  it('what is submitted to one replica is followed and stopped on another', async () => {
    const other = await house.anotherServer();
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    // The other one may not have heard of it yet: it looks for itself.
    expect((await rest(other.url, 'GET', `/tasks/${id}`)).status).to.equal(200);
    const follow = startCli(home, other.url, ['jobs', 'logs', id]);
    await follow.seen('stdout', /^begun$/m);
    expect((await rest(other.url, 'POST', `/tasks/${id}/stop`)).status).to.equal(200);
    expect((await follow.ended).code).to.equal(122);
    expect((await house.until(id, 'stopped')).stop?.username).to.equal('alice');
  });

  it('a server that is stopped while a log is followed says that it is not the end of it', async () => {
    const server = await house.anotherServer();
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    const { lines } = await restStream(server.url, `/tasks/${id}/logs/stream`);
    const seen: string[] = [];
    for await (const line of lines) {
      seen.push(line);
      if (line.includes('"begun"')) server.program.kill('SIGTERM');
    }
    const last = JSON.parse(seen.findLast((line) => line !== '') ?? '{}') as { error?: { code: number } };
    expect(last.error?.code, seen.at(-1)).to.equal(14);
    expect((await server.program.ended).code).to.equal(0);
    await house.cli(['jobs', 'stop', id]);
  });

  it('a log is followed over the restart of the server', async () => {
    const first = await house.anotherServer();
    const { task_id: id } = await house.submit({ run: WAITING });
    const follow = startCli(home, first.url, ['jobs', 'logs', id]);
    await follow.seen('stdout', /^line 10$/m);
    await first.program.stop();
    await follow.seen('stderr', /connection lost/);
    await house.anotherServer(targetKubeconfig(), Number(new URL(first.url).port));
    await house.touch(id, '/tmp/on');
    const { code, stdout, stderr } = await follow.ended;
    expect(stdout.trimEnd().split('\n')).to.deep.equal(ALL_LINES);
    expect(code, stderr).to.equal(0);
  });
});
