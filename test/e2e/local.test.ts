import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Ending, type Program, startProgram } from '../support/program.js';
import { rest } from '../support/rest.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

/** Everything here is about a server and a cluster that a user starts on this machine; what cluster tests run on is no matter. */
describe('the local server', () => {
  let home: TemporaryFolder;
  let port: number;
  let blocker: Server | undefined;

  const listen = async (): Promise<{ server: Server; port: number }> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return { server, port: address.port };
  };

  beforeEach(async () => {
    home = createTemporaryFolder();
    const free = await listen();
    port = free.port;
    free.server.close();
  });

  afterEach(async () => {
    blocker?.close();
    blocker = undefined;
    await cli('local', 'stop');
    home.remove();
  });

  function cli(...args: string[]): Promise<Ending> {
    const env = { HOME: home.path, K8S_CLI_API_PORT: String(port), K8S_CLI_USER: 'ann' };
    return startProgram('cli', args, { env }).ended;
  }

  interface Status {
    readonly server: string;
    readonly url: string;
    readonly pid: number;
    readonly cluster: string;
  }
  const status = async (): Promise<Status> => JSON.parse((await cli('local', 'status', '-o', 'json')).stdout) as Status;

  it('is started by the first command, once however many there are, and says how to stop it and what else there is', async () => {
    const file = join(home.path, 'task.yaml');
    writeFileSync(file, 'run: echo hello\n');
    const endings = await Promise.all([cli('jobs', 'list'), cli('volumes', 'list'), cli('jobs', 'submit', file)]);
    expect(endings.map(({ code }) => code)).to.deep.equal([0, 0, 0]);
    expect(endings[2]?.stdout).to.match(/^Task \S+ submitted\nhello\n$/);
    const said = endings.flatMap(({ stderr }) => stderr.match(/^k8s-cli: started .*$/gm) ?? []);
    expect(said).to.have.length(1);
    expect(said[0])
      .to.contain(`http://127.0.0.1:${port}`)
      .and.contain('k8s-cli local stop')
      .and.contain('--server URL');
    const { url, ...rest } = await status();
    expect({ url, server: rest.server, cluster: rest.cluster }).to.deep.equal({
      url: `http://127.0.0.1:${port}`,
      server: 'running',
      cluster: 'running',
    });
    expect(await cli('local', 'start')).to.include({ code: 0, stdout: `Running already: ${url}\n` });
  });

  it('wants the token that stands in the configuration, over gRPC and REST, but says to anybody what it is', async () => {
    expect(await cli('local', 'start')).to.include({ code: 0, stdout: `Started: http://127.0.0.1:${port}\n` });
    const { url } = await status();
    const config = join(home.path, '.config', 'k8s-cli', 'config.yaml');
    expect(statSync(config).mode & 0o777).to.equal(0o600);
    const [, token = ''] = /token: (\S+)/.exec(readFileSync(config, 'utf8')) ?? [];
    expect((await cli('config', 'view')).stdout).to.not.contain(token);
    const answer = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await rest(url, 'GET', path, { headers })).status;
    expect(await answer('/tasks', {})).to.equal(401);
    expect(await answer('/tasks', { authorization: `Bearer ${token}x` })).to.equal(401);
    expect(await answer('/tasks', { authorization: `Bearer ${token}` })).to.equal(200);
    expect(await answer('/', {})).to.equal(200);
    expect(await answer('/healthz', {})).to.equal(200);
    const other = await cli('--server', `http://localhost:${port}`, 'jobs', 'list');
    expect(other.code).to.equal(1);
    expect(other.stderr).to.match(/wants a token; set it with k8s-cli config set-context NAME --token-file FILE/);
  });

  it('is started again where it has died, on what it had', async () => {
    const first = await cli('volumes', 'create', 'data', '1Gi', '-o', 'name');
    const { pid } = await status();
    process.kill(pid, 'SIGKILL');
    const list = await cli('volumes', 'list', '-o', 'name');
    expect(list, list.stderr).to.include({ code: 0, stdout: first.stdout });
    expect((await status()).pid).to.not.equal(pid);
    expect((await cli('local', 'stop')).stdout).to.equal('Stopped\n');
    expect(await status()).to.include({ server: 'stopped', cluster: 'stopped' });
    expect((await cli('local', 'stop')).stdout).to.equal('Nothing ran\n');
    expect((await cli('local', 'logs')).stderr).to.equal('==> server <==\n==> cluster <==\n');
  });

  it('is said to have ended to whoever follows, who goes on when it is started again', async () => {
    const file = join(home.path, 'task.yaml');
    writeFileSync(file, 'run: echo begun; while :; do sleep 1; done\n');
    const id = (await cli('jobs', 'submit', file, '--detach', '-o', 'name')).stdout.trim();
    const env = { HOME: home.path, K8S_CLI_API_PORT: String(port), K8S_CLI_USER: 'ann' };
    const follow = (...args: string[]): Program => startProgram('cli', ['jobs', ...args], { env });
    const log = follow('logs', id, '--follow');
    const wait = follow('wait', id, '--verbose');
    const list = follow('list', '--watch');
    await Promise.all([
      log.seen('stdout', /begun/),
      wait.seen('stderr', /WatchTask/),
      list.seen('stdout', new RegExp(id)),
    ]);
    await cli('local', 'stop', '--yes');
    const followers = [log, wait, list];
    await Promise.all(followers.map((one) => one.seen('stderr', /the local server has ended; .* k8s-cli local start/)));
    await cli('local', 'start');
    await list.seen('stdout', new RegExp(`^${id}.*failed`, 'm'));
    list.kill('SIGINT');
    const endings = await Promise.all(followers.map(({ ended }) => ended));
    for (const { stderr } of endings) expect(stderr.match(/the local server has ended/g)).to.have.length(1);
    expect(endings.map(({ code }) => code)).to.deep.equal([143, 143, 130]);
  });

  it('has logs that can be followed, also when it is started again', async () => {
    await cli('local', 'start');
    const env = { HOME: home.path, K8S_CLI_API_PORT: String(port), K8S_CLI_USER: 'ann' };
    const following = startProgram('cli', ['local', 'logs', '--follow', '--tail', '0'], { env });
    await following.seen('stderr', /==> cluster <==/);
    await cli('local', 'stop');
    await cli('local', 'start');
    await following.seen('stdout', /^k8s-cli-server \S+ ready at /m);
    following.kill('SIGINT');
    expect((await following.ended).code).to.equal(130);
  });

  it('takes another port where its own is taken, unless it was told which', async () => {
    const taken = await listen();
    blocker = taken.server;
    port = taken.port;
    const told = await cli('local', 'start', '--port', String(port));
    expect(told).to.include({ code: 1, stdout: '' });
    expect(told.stderr).to.match(/^k8s-cli: port \d+ is in use; choose another with --port/);
    const { stdout } = await cli('local', 'start');
    expect(stdout)
      .to.match(/^Started: http:\/\/127\.0\.0\.1:\d+\n$/)
      .and.not.contain(String(port));
    expect(await cli('jobs', 'list', '-o', 'name')).to.include({ code: 0, stdout: '' });
  });

  it('is started by a command that names its context, which stays that of no other', async () => {
    await cli('local', 'start');
    await cli('local', 'stop');
    await cli('config', 'set-context', 'prod', '--server', `http://127.0.0.1:${port}`);
    await cli('config', 'use-context', 'prod');
    const named = await cli('jobs', 'list', '--context', 'local', '-o', 'name');
    expect(named, named.stderr).to.include({ code: 0, stdout: '' });
    expect((await status()).server).to.equal('running');
    expect((await cli('config', 'view', '-o', 'name')).stdout).to.equal('prod\n');
  });

  it('is not started where a server was named', async () => {
    const named = await cli('jobs', 'list', '--server', `http://127.0.0.1:${port}`);
    expect(named.code).to.equal(1);
    expect(named.stderr).to.match(/connection refused; start it with k8s-cli-server, or .* k8s-cli local start/);
    expect(await status()).to.include({ server: 'stopped', cluster: 'stopped' });
  });
});
