import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createKubeClient } from '../../../../../server/kubernetes/api/client.js';
import { hasKubeconfig, loadClusterConfig } from '../../../../../server/kubernetes/api/credentials.js';
import { KubernetesError, NOT_SENT } from '../../../../../server/kubernetes/api/errors.js';
import { openSocket } from '../../../../../server/kubernetes/connections/web-socket.js';
import { eventually } from '../../../../support/eventually.js';

describe('loadClusterConfig', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-cli-kubeconfig-'));
    path = join(folder, 'config');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(over: object = {}): void {
    writeFileSync(
      path,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'dev',
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/', 'certificate-authority-data': 'Y2E=' } }],
        users: [{ name: 'u', user: { token: 'secret' } }],
        contexts: [
          { name: 'dev', context: { cluster: 'c', user: 'u', namespace: 'team-a' } },
          { name: 'prod', context: { cluster: 'c', user: 'u' } },
        ],
        ...over,
      }),
    );
  }
  const load = (context?: string): ReturnType<typeof loadClusterConfig> =>
    loadClusterConfig({ kind: 'kubeconfig', path, context });

  it('takes the current context, or the one that is named', () => {
    write();
    expect(load()).to.include({ server: 'https://127.0.0.1:6443', name: 'dev', namespace: 'team-a' });
    expect(load('prod')).to.include({ name: 'prod', namespace: undefined });
  });

  it('says which contexts there are', () => {
    write();
    expect(() => load('nope')).to.throw('the kubeconfig has no context "nope"; it has dev, prod');
  });

  it('says that there is no current context', () => {
    write({ 'current-context': '' });
    expect(() => load()).to.throw(/no current context; choose one with --context/);
  });

  it('reads token and certificate, and tells when the certificate is another one', async () => {
    write();
    const config = load();
    const first = await config.credentials(false, {});
    expect(first.headers).to.deep.equal({ authorization: 'Bearer secret' });
    expect(String(first.tls.ca)).to.equal('ca');
    expect((await config.credentials(true, {})).tlsKey).to.equal(first.tlsKey);
    write({
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Y2Iy' } }],
    });
    expect((await load().credentials(false, {})).tlsKey).to.not.equal(first.tlsKey);
  });

  it('reads them once for many who ask at the same time', async () => {
    write();
    const config = load();
    const [first, second] = await Promise.all([config.credentials(false, {}), config.credentials(false, {})]);
    expect(second).to.equal(first);
  });

  describe('with a plugin', () => {
    let answers: string;
    let runs: string;
    beforeEach(() => {
      const own = mkdtempSync(join(folder, 'plugin-'));
      answers = join(own, 'answers');
      runs = join(own, 'runs');
      execFileSync('mkfifo', [answers]);
      // It waits until something is said what it is to answer.
      const args = ['-c', 'echo run >> "$0"; exec cat "$1"', runs, answers];
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args };
      write({ users: [{ name: 'u', user: { exec } }] });
    });
    // Opening both ends waits for nobody. One that waits is at the end then, and one that comes to it later finds nothing to wait for.
    afterEach(() => {
      const end = openSync(answers, 'r+');
      rmSync(answers);
      closeSync(end);
    });

    const answer = (token: string): Promise<void> => writeFile(answers, JSON.stringify({ status: { token } }));
    const failureOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );

    it('says that it does not answer, runs it once at a time, and takes what it answers in the end', async () => {
      const config = loadClusterConfig({ kind: 'kubeconfig', path, context: undefined }, 1000);
      const failures = [
        await failureOf(config.credentials(false, {})),
        await failureOf(config.credentials(true, { untilMs: performance.now() + 1 })),
      ];
      for (const failure of failures) {
        expect(failure).to.be.instanceOf(KubernetesError).with.include({ code: 0, reason: NOT_SENT });
      }
      expect(failures[0])
        .to.have.property('message')
        .that.matches(/^the credential plugin sh of the kubeconfig did not answer in \d+ s$/);
      await answer('late');
      await eventually(async () => {
        expect((await config.credentials(false, {})).headers).to.deep.equal({ authorization: 'Bearer late' });
      });
      expect(readFileSync(runs, 'utf8')).to.equal('run\n');
    });

    const useShell = (script: string, ...args: readonly string[]): void => {
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script, ...args] };
      write({ users: [{ name: 'u', user: { exec } }] });
    };

    it('runs it again to renew what has not expired', async () => {
      const expires = '2100-01-01T00:00:00Z';
      useShell(
        `echo run >> "$0"; echo '{"status":{"token":"'$(wc -l < "$0")'","expirationTimestamp":"${expires}"}}'`,
        runs,
      );
      const config = load();
      const tokens = [];
      for (const renew of [false, false, true, false]) {
        tokens.push((await config.credentials(renew, {})).headers['authorization']);
      }
      expect(tokens).to.deep.equal(['Bearer 1', 'Bearer 1', 'Bearer 2', 'Bearer 2']);
    });

    it('takes a certificate of it, and tells when it is another one', async () => {
      useShell(
        `echo run >> "$0"; echo '{"status":{"clientCertificateData":"cert '$(wc -l < "$0")'","clientKeyData":"key"}}'`,
        runs,
      );
      const config = load();
      const first = await config.credentials(false, {});
      expect(first.tls).to.include({ cert: 'cert 1', key: 'key' });
      expect(String(first.tls.ca)).to.equal('ca');
      const second = await config.credentials(true, {});
      expect(second.tls.cert).to.equal('cert 2');
      expect(second.tlsKey).to.not.equal(first.tlsKey);
    });

    it('says how to get it where it is missing', async () => {
      const command = join(folder, 'no-such-plugin');
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, installHint: 'Install it with\n  apt.' };
      write({ users: [{ name: 'u', user: { exec } }] });
      const failure = await failureOf(load().credentials(false, {}));
      const text = `the credential plugin ${command} failed: the command is not found. Install it with apt.`;
      expect(failure).to.be.instanceOf(KubernetesError).with.include({ reason: NOT_SENT, message: text });
    });

    it('passes on why it failed, as of a request that was not sent', async () => {
      useShell('echo "Error: your login has expired;" >&2; echo "run: aws sso login" >&2; exit 255');
      const failure = await failureOf(load().credentials(false, {}));
      expect(failure).to.be.instanceOf(KubernetesError).with.include({ code: 0, reason: NOT_SENT });
      expect(failure).to.have.property(
        'message',
        'the credential plugin sh failed: your login has expired; run: aws sso login',
      );
    });

    it('ends requests, streams, watches and WebSockets with their callers while it does not answer', async () => {
      const config = load();
      const client = createKubeClient(config);
      const gone = new AbortController();
      const { signal } = gone;
      const request = { path: '/api', signal };
      const watcher = { onOpen: () => {}, onEvent: () => {} };
      const asked = [
        client.request({ ...request, method: 'GET' }),
        client.list(request, () => {}),
        client.stream(request),
        client.watch(request, watcher),
        openSocket(config, { ...request, query: new URLSearchParams(), protocols: [] }),
      ].map(failureOf);
      gone.abort(new Error('gone'));
      for (const failure of await Promise.all(asked)) expect(failure).to.equal(signal.reason);
      await client.close();
    });
  });

  it('knows whether there is a kubeconfig to use', () => {
    write();
    expect(hasKubeconfig(path)).to.equal(true);
    expect(hasKubeconfig(join(folder, 'missing'))).to.equal(false);
    write({ 'current-context': '' });
    expect(hasKubeconfig(path)).to.equal(false);
    writeFileSync(path, 'not: [yaml');
    expect(hasKubeconfig(path)).to.equal(false);
  });
});
