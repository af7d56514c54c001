import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { credentialPlugin, type PluginConfig } from '../../../../../server/kubernetes/api/credential-plugin.js';
import { eventually } from '../../../../support/eventually.js';

const CLUSTER = { name: 'c', server: 'https://10.0.0.1:6443', skipTLSVerify: false };
const V1 = 'client.authentication.k8s.io/v1';

describe('credentialPlugin', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-cli-plugin-'));
    file = join(folder, 'file');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A plugin that is a shell script, in which $0 is a file. */
  const shell = (script: string, over: Partial<PluginConfig> = {}): PluginConfig => ({
    apiVersion: V1,
    command: 'sh',
    args: ['-c', script, file],
    ...over,
  });
  const failureOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => String(error),
    );

  describe('keeps what it answers', () => {
    const cases = [
      ['until it expires', '2100-01-01T00:00:00Z', ['1', '1', '2', '2']],
      ['not when it has expired', '2001-01-01T00:00:00Z', ['1', '2', '3', '4']],
      ['until it is renewed where it does not expire', '', ['1', '1', '2', '2']],
    ] as const;
    for (const [what, expires, tokens] of cases) {
      it(what, async () => {
        const answer = JSON.stringify({ status: { token: 'N', expirationTimestamp: expires || undefined } });
        const plugin = credentialPlugin(
          shell(`echo run >> "$0"; echo '${answer}' | sed s/N/$(wc -l < "$0")/`),
          CLUSTER,
        );
        const answered = [];
        for (const renew of [false, false, true, false]) answered.push((await plugin(renew)).token);
        expect(answered).to.deep.equal(tokens);
      });
    }
  });

  it('is killed with all that it has started when it does not end, and is run again', async () => {
    const alive = join(folder, 'alive');
    const silent = join(folder, 'silent');
    execFileSync('mkfifo', [alive, silent]);
    const script =
      'if [ -e "$0" ]; then echo \'{"status":{"token":"second"}}\'; else touch "$0"; cat "$1" > "$2" & wait; fi';
    const plugin = credentialPlugin(shell(script, { args: ['-c', script, file, silent, alive] }), CLUSTER, 1000);
    const end = openSync(alive, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      expect(await failureOf(plugin(false))).to.equal('Error: it did not end within 1 s');
      // EAGAIN as long as somebody has it open for writing.
      await eventually(() => expect(readSync(end, Buffer.alloc(1))).to.equal(0));
      await eventually(async () => expect(await plugin(false)).to.include({ token: 'second' }));
    } finally {
      closeSync(end);
    }
  });

  it('is killed when this process exits', async () => {
    const before = process.listeners('exit');
    execFileSync('mkfifo', [file]);
    const answer = credentialPlugin(shell('cat "$0"'), CLUSTER)(false);
    for (const listener of process.listeners('exit')) if (!before.includes(listener)) listener(0);
    expect(await failureOf(answer)).to.equal('Error: it was ended by SIGKILL');
    expect(process.listeners('exit')).to.deep.equal(before);
  });

  it('is told that nobody is there to ask, and of the cluster if it wants that', async () => {
    const ca = join(folder, 'ca');
    writeFileSync(ca, 'ca');
    const cluster = { ...CLUSTER, caFile: ca, tlsServerName: 'name', proxyUrl: 'http://proxy' };
    const script = 'printf %s "$KUBERNETES_EXEC_INFO$FROM_CONFIG" > "$0"; echo \'{"status":{"token":"t"}}\'';
    const told = async (over: Partial<PluginConfig>): Promise<unknown> => {
      await credentialPlugin(shell(script, over), cluster)(false);
      return JSON.parse(readFileSync(file, 'utf8'));
    };
    const info = { apiVersion: V1, kind: 'ExecCredential', spec: { interactive: false } };
    expect(await told({ env: [{ name: 'FROM_CONFIG', value: ' ' }] })).to.deep.equal(info);
    expect(await told({ provideClusterInfo: true })).to.deep.equal({
      ...info,
      spec: {
        interactive: false,
        cluster: {
          server: 'https://10.0.0.1:6443',
          'tls-server-name': 'name',
          'certificate-authority-data': 'Y2E=',
          'proxy-url': 'http://proxy',
        },
      },
    });
  });

  it('gets the environment of its configuration, and finds no input', async () => {
    const script = 'cat; echo "{\\"status\\":{\\"token\\":\\"$FROM_CONFIG\\"}}"';
    const plugin = credentialPlugin(shell(script, { env: [{ name: 'FROM_CONFIG', value: 'mine' }] }), CLUSTER);
    expect(await plugin(false)).to.include({ token: 'mine' });
  });

  describe('says what is wrong', () => {
    const answering = (answer: object): string => `echo '${JSON.stringify(answer)}'`;
    const cases: readonly (readonly [script: string, message: string])[] = [
      ['echo no login >&2; exit 1', 'no login\n'],
      ['exit 3', 'it ended with exit code 3'],
      ['kill -9 $$', 'it was ended by SIGKILL'],
      ['echo secret', 'its answer is not JSON'],
      [answering({}), 'its answer has neither a token nor a certificate'],
      [answering({ status: { clientKeyData: 'key' } }), 'its answer has only one of certificate and key'],
      ['exec cat /dev/zero', 'it wrote more than 1048576 characters'],
    ];
    for (const [script, message] of cases) {
      it(message.trim(), async () => {
        expect(await failureOf(credentialPlugin(shell(script), CLUSTER)(false))).to.equal(`Error: ${message}`);
      });
    }

    it('where there is no command, or none is named', async () => {
      const failure = (over: Partial<PluginConfig>) => failureOf(credentialPlugin(shell('', over), CLUSTER)(false));
      const command = join(folder, 'missing');
      expect(await failure({ command })).to.equal('Error: the command is not found');
      expect(await failure({ command, installHint: 'Buy it.' })).to.equal('Error: the command is not found. Buy it.');
      expect(await failure({ command: '' })).to.equal('Error: its exec has no command');
    });
  });
});
