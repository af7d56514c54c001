import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';
import { itWithVolumes, targetKubeconfig } from '../support/target.js';
import { startProgram } from '../support/program.js';
import type { ErrorJson, TaskJson } from '../support/task-json.js';

/** Node 0 notes in its volume whose it is and tells the others; they print what they were told. */
const TELL = `
import os, socket, time
address = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
if os.environ["NODE_RANK"] == "0":
    with open("/data/whose", "a") as file: file.write(os.environ["WHOSE"] + ".")
    while True:
        try: server = socket.create_server((socket.gethostbyname(address[0]), address[1]))
        except OSError: time.sleep(0.2)
        else: break
    peer, _ = server.accept()
    peer.sendall(open("/data/whose", "rb").read())
else:
    while True:
        try: peer = socket.create_connection(address)
        except OSError: time.sleep(0.2)
        else: break
    print("told:", peer.makefile().read())
`;

describe('identity', () => {
  const house = useHouse();

  it('without X-User nothing but the service itself answers', async () => {
    for (const [method, path] of [
      ['GET', '/tasks'],
      ['GET', '/tasks/abcd1234'],
      ['GET', '/tasks/abcd1234/logs'],
      ['POST', '/tasks/submit'],
      ['POST', '/tasks/stop'],
      ['POST', '/tasks/abcd1234/stop'],
      ['GET', '/volumes'],
    ] as const) {
      const { status, text } = await house.rest(method, path, {
        user: null,
        ...(method === 'POST' ? { body: {} } : {}),
      });
      expect(status, `${method} ${path}`).to.equal(401);
      // A stream says it in the form of its last message.
      const answer = JSON.parse(text) as ErrorJson & { readonly error?: ErrorJson };
      const { code, message } = answer.error ?? answer;
      expect(code).to.equal(16);
      expect(message).to.contain('X-User');
    }
    expect((await house.rest('GET', '/', { user: null })).status).to.equal(200);
  });

  it("somebody else's task cannot be told from one that does not exist", async () => {
    const { task_id: id } = await house.submit({ run: 'sleep 600 & wait' }, { user: 'bob' });
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/logs'],
      ['GET', '/logs/stream'],
      ['GET', '/watch'],
      ['POST', '/stop'],
    ] as const) {
      const other = await house.rest(method, `/tasks/${id}${path}`);
      const none = await house.rest(method, `/tasks/zzzzzzzz${path}`);
      expect(other.status, path).to.equal(404);
      expect(other.text.replaceAll(id, 'zzzzzzzz')).to.equal(none.text);
    }
    for (const verb of ['status', 'logs', 'stop']) {
      const { code, stderr } = await house.cli(['jobs', verb, id]);
      expect(code, verb).to.equal(123);
      expect(stderr).to.contain(`k8s-cli: task "${id}" not found; `).and.to.contain('jobs list');
    }
    expect((await house.task(id, 'bob')).stop).to.equal(null);
    await house.cli(['jobs', 'stop', id], { user: 'bob' });
  });

  it('a@b and a-b are two users', async () => {
    const ids = new Map<string, string>();
    for (const user of ['a@b', 'a-b']) ids.set(user, (await house.submit({ run: 'true' }, { user })).task_id);
    for (const [user, id] of ids) {
      const { tasks } = await house.get<{ tasks: readonly TaskJson[] }>('/tasks', { user });
      expect(tasks.map(({ task_id, username }) => [task_id, username])).to.deep.equal([[id, user]]);
      for (const [other, otherId] of ids) {
        const { status } = await house.rest('GET', `/tasks/${otherId}`, { user });
        expect(status).to.equal(other === user ? 200 : 404);
      }
    }
    const everybody = await house.cli(['jobs', 'list', '--all-users'], { user: 'a@b' });
    expect(everybody.stdout).to.contain(ids.get('a-b')).and.to.contain(ids.get('a@b'));
  });

  itWithVolumes('the same names lead each user to their own nodes and volumes', async () => {
    const users = ['ann', 'ben'];
    const submitted = await Promise.all(
      users.map(async (user) => {
        expect((await house.cli(['volumes', 'create', 'notes', '1Gi'], { user })).code).to.equal(0);
        const task = { name: 'meet', num_nodes: 2, envs: { WHOSE: user }, volumes: { '/data': 'notes' } };
        return house.submit({ ...task, run: `exec python3 -c '${TELL}'` }, { user });
      }),
    );
    for (const [index, user] of users.entries()) {
      const { text } = await house.rest('GET', `/tasks/${submitted[index]?.task_id}/logs`, { user });
      expect(logLines(text)).to.deep.equal([`node-1 | told: ${user}.`]);
    }
  });

  it('login decides who one is, and is remembered', async () => {
    const env = { K8S_CLI_USER: '' };
    const { stdout: told } = await house.cli(['auth', 'login', 'carol'], { env });
    expect(told).to.equal(`Logged in as carol at ${house.server.url}\n`);
    expect((await house.cli(['auth', 'whoami'], { env })).stdout).to.equal('carol\n');
    const file = house.file('task.yaml', 'run: "true"\n');
    const { stdout } = await house.cli(['jobs', 'submit', file, '--detach'], { env });
    expect((await house.task(stdout.trim(), 'carol')).username).to.equal('carol');
  });

  it('a server that others reach does not start with it', async () => {
    const args = ['--host', '0.0.0.0', '--port', '0', '--cluster', 'kubeconfig', '--kubeconfig', targetKubeconfig()];
    const { code, stderr, stdout } = await startProgram('server', args).ended;
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.contain('--insecure-trust-user-header');
  });
});
