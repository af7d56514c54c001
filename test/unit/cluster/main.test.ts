import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findControlGroups } from '../../../cluster/node/process/find-control-groups.js';
import { groupName } from '../../../cluster/node/process/left-groups.js';

const program = fileURLToPath(new URL('../../../cluster/main.ts', import.meta.url));

interface Running {
  child: ChildProcess;
  /** The first line on stdout; empty if the program ended without one. */
  line: string;
  exit: Promise<{ code: number | null; errors: string }>;
}

describe('the cluster process', () => {
  let directory: string;
  const started: ChildProcess[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cluster-'));
  });
  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true });
  });

  async function start(...more: string[]): Promise<Running> {
    const child = spawn(process.execPath, ['--import', 'tsx', program, '--data-dir', join(directory, 'data'), ...more]);
    started.push(child);
    const errors = text(child.stderr);
    const exit = once(child, 'exit').then(async ([code]) => ({ code: code as number | null, errors: await errors }));
    const line = await new Promise<string>((resolve) => {
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.endsWith('\n')) resolve(printed.trimEnd());
      });
      child.stdout.once('end', () => resolve(printed));
    });
    return { child, line, exit };
  }

  interface Kubeconfig {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
    users: [{ user: { token: string } }];
  }

  async function call(kubeconfig: string, method: string, path: string, body?: unknown): Promise<number> {
    const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
    const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
    const headers = { Authorization: `Bearer ${users[0].user.token}`, 'Content-Type': 'application/json' };
    return new Promise((resolve, reject) => {
      const options = { method, headers, ca: Buffer.from(ca, 'base64'), agent: false };
      const sent = request(server + path, options, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  it('says where its kubeconfig is, serves it, and ends cleanly on SIGTERM', async () => {
    const { child, line, exit } = await start();
    const kubeconfig = join(directory, 'data', 'kubeconfig');
    expect(line).to.equal(`ready ${kubeconfig}`);
    expect((await stat(kubeconfig)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(directory, 'data'))).mode & 0o777).to.equal(0o700);
    expect(await call(kubeconfig, 'GET', '/api/v1/nodes/embedded')).to.equal(200);
    child.kill('SIGTERM');
    expect((await exit).code).to.equal(0);
  });

  it('does not start twice on the same directory', async () => {
    const { child } = await start();
    const second = await (await start()).exit;
    expect(second.code).to.equal(1);
    expect(second.errors).to.include(`process id ${child.pid}`);
  });

  it('goes on where it was after it was killed, under the same address', async () => {
    const first = await start();
    const kubeconfig = first.line.replace('ready ', '');
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' } };
    expect(await call(kubeconfig, 'POST', '/api/v1/namespaces/default/configmaps', object)).to.equal(201);
    const before = await readFile(kubeconfig, 'utf8');
    first.child.kill('SIGKILL');
    await first.exit;
    await start();
    expect(await readFile(kubeconfig, 'utf8')).to.equal(before);
    expect(await call(kubeconfig, 'GET', '/api/v1/namespaces/default/configmaps/kept')).to.equal(200);
  });

  it('ends by itself when nobody needs it', async () => {
    const { line, exit } = await start('--idle-exit', '1');
    expect(line).to.match(/^ready /);
    expect((await exit).code).to.equal(0);
  });

  for (const [what, args, words] of [
    ['a port that is none', ['--port', '99999'], '--port 99999 is no port'],
    ['an option that does not exist', ['--nope'], '--nope'],
    ['a time that is none', ['--idle-exit', 'soon'], '--idle-exit soon'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { line, exit } = await start(...args);
      const { code, errors } = await exit;
      expect([line, code]).to.deep.equal(['', 1]);
      expect(errors.trim().split('\n')).to.have.length(1);
      expect(errors).to.include(words);
    });
  }

  it('refuses a port that is in use, and leaves no control groups', async () => {
    // First, since whoever looks for a place for groups removes what others have left there.
    const { groups } = await findControlGroups(directory);
    const trial = await groups?.create('here', { cpu: 1, memory: 1 << 24 });
    const places = trial?.joinFiles.map((file) => dirname(dirname(dirname(file)))) ?? [];
    const inUse = createServer().listen(0, '127.0.0.1');
    await once(inUse, 'listening');
    const { port } = inUse.address() as AddressInfo;
    const { code, errors } = await (await start('--port', String(port))).exit;
    inUse.close();
    expect(code).to.equal(1);
    expect(errors).to.include(`port ${port} is in use`);
    const [name] = groupName(await realpath(join(directory, 'data'))).split('.');
    const left = (await Promise.all(places.map((place) => readdir(place))))
      .flat()
      .filter((is) => is.split('.')[0] === name);
    await trial?.remove();
    await groups?.remove();
    expect(left).to.deep.equal([]);
  });
});
