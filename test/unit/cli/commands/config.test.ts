import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { rememberLocal } from '../../../../cli/local/context.js';
import { createSandbox, type Sandbox } from '../support/cli.js';

describe('k8s-cli config', () => {
  let sandbox: Sandbox;
  const cli = (line: string, env: Record<string, string> = {}): ReturnType<Sandbox['cli']> =>
    sandbox.cli(line.split(' '), { env });
  const file = (): string => join(sandbox.dir, '.config', 'k8s-cli', 'config.yaml');

  beforeEach(() => {
    sandbox = createSandbox(() => ({ K8S_CLI_USER: '' }));
  });
  afterEach(() => sandbox.remove());

  it('adds contexts, uses the first, and changes only what is given', async () => {
    const added = await cli('config set-context prod --server https://tasks.example --user ann');
    expect(added).to.include({ exitCode: 0, stdout: 'Context prod added; it is used from now on\n', stderr: '' });
    expect(await cli('config set-context dev --server http://dev:1')).to.include({
      stdout: 'Context dev added\n',
      stderr: 'To use it: k8s-cli config use-context dev\n',
    });
    const token = join(sandbox.dir, 'token');
    writeFileSync(token, 'a-secret-token\n');
    expect((await cli(`config set-context prod --token-file ${token}`)).stdout).to.equal('Context prod changed\n');
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(readFileSync(file(), 'utf8')).to.contain('user: ann\n    token: a-secret-token\n');
    expect((await cli('config get-contexts')).stdout).to.equal(
      'CURRENT\tNAME\tSERVER\tUSER\tTOKEN\n*\tprod\thttps://tasks.example\tann\tyes\n\tdev\thttp://dev:1\t-\t-\n',
    );
    expect(JSON.parse((await cli('config get-contexts -o json')).stdout)).to.deep.equal([
      { name: 'prod', current: true, server: 'https://tasks.example', user: 'ann', token: true },
      { name: 'dev', current: false, server: 'http://dev:1', user: '', token: false },
    ]);
    const { stdout } = await cli('config view');
    expect(stdout)
      .to.match(/^current-context: prod\n/)
      .and.contain('token: (hidden)')
      .and.not.contain('a-secret');
  });

  it('has the first server take over who logged in before there was any', async () => {
    await cli('auth login ann');
    expect((await cli('config set-context prod --server http://p:1')).stdout).to.contain('it is used from now on');
    await cli('config set-context dev --server http://d:1');
    expect(readFileSync(file(), 'utf8')).to.equal(
      'current-context: prod\ncontexts:\n  prod:\n    server: http://p:1\n    user: ann\n  dev:\n    server: http://d:1\n',
    );
  });

  it('has the local server take over who logged in before there was any', async () => {
    await cli('auth login ann');
    const local = { url: 'http://127.0.0.1:1', token: 'token', started: true };
    await rememberLocal({ HOME: sandbox.dir }, local, true);
    expect((await cli('config get-contexts')).stdout).to.equal(
      'CURRENT\tNAME\tSERVER\tUSER\tTOKEN\n*\tlocal\thttp://127.0.0.1:1\tann\tyes\n',
    );
    await cli('config set-context prod --server http://p:1');
    expect((await cli('auth whoami')).stdout).to.equal('ann\n');
  });

  it('uses another context, for good or for one command', async () => {
    await cli('config set-context a --server http://a:1 --user al');
    await cli('config set-context b --server http://b:2 --user bo');
    expect((await cli('auth whoami --context b')).stdout).to.equal('bo\n');
    expect((await cli('auth whoami')).stdout).to.equal('al\n');
    expect(await cli('config use-context b')).to.include({ exitCode: 0, stdout: 'Using context b\n' });
    expect((await cli('auth whoami')).stderr).to.contain('the server is http://b:2');
    const env = { K8S_CLI_API_URL: 'http://e:3', K8S_CLI_USER: 'eve' };
    for (const command of ['use-context a', 'get-contexts']) {
      expect((await cli(`config ${command}`, env)).stderr).to.match(
        /^k8s-cli: K8S_CLI_API_URL is set to http:\/\/e:3 and wins/,
      );
    }
    expect((await cli('config get-contexts -o name', env)).stderr).to.equal('');
    const named = await cli('auth whoami --context b', env);
    expect(named).to.include({ stdout: 'bo\n' }, 'a flag wins over the environment');
    expect(named.stderr).to.contain('the server is http://b:2');
  });

  it('forgets a context, and uses none when it was the one in use', async () => {
    await cli('config set-context a --server http://a:1');
    await cli('config set-context b --server http://b:2');
    expect(await cli('config delete-context b')).to.include({ exitCode: 0, stdout: 'Context b deleted\n', stderr: '' });
    expect((await cli('config get-contexts -o name')).stdout).to.equal('a\n');
    const last = await cli('config delete-context a');
    expect(last).to.include({ exitCode: 0, stdout: 'Context a deleted\n' });
    expect(last.stderr).to.contain('k8s-cli config use-context NAME');
    expect(readFileSync(file(), 'utf8')).to.equal('current-context: default\ncontexts: {}\n');
    const unknown = await cli('config delete-context a');
    expect(unknown).to.include({ exitCode: 2 });
    expect(unknown.stderr).to.match(/^k8s-cli: there is no context "a"; see k8s-cli config get-contexts\n$/);
  });

  it('knows who the user is by the server, not by the context of another one', async () => {
    await cli('config set-context a --server http://a:1 --user al');
    await cli('config set-context b --server http://b:2 --user bo');
    expect((await cli('auth whoami --server http://b:2/')).stdout).to.equal('bo\n');
    expect((await cli('auth whoami --server http://c:3')).stdout).to.equal('osuser\n');
    await cli('auth login cy --server http://c:3');
    expect((await cli('config get-contexts -o name')).stdout).to.equal('a\nb\nc-3\n');
    expect((await cli('auth whoami')).stdout).to.equal('cy\n');
    expect((await cli('auth whoami --context a')).stdout).to.equal('al\n');
  });

  for (const [line, words] of [
    ['config use-context prd', 'there is no context "prd"; did you mean prod?'],
    ['config use-context x', 'there is no context "x"; see k8s-cli config get-contexts'],
    ['jobs list --context prd', 'there is no context "prd"; did you mean prod?'],
    ['auth login ann --context prd', 'there is no context "prd"; did you mean prod?'],
    ['config set-context a/b', '"a/b" is no name of a context: use up to 64 letters, digits, ".", "_" and "-"'],
    ['config set-context a --server x', 'server URL "x": it must look like http://localhost:8000 or https://host'],
    ['config set-context a --token-file /nowhere', '/nowhere: cannot be read: no such file or directory'],
  ] as const) {
    it(`refuses ${line}`, async () => {
      await cli('config set-context prod --server http://p:1');
      const { exitCode, stderr } = await cli(line);
      expect(exitCode).to.equal(2);
      expect(stderr).to.satisfy((text: string) => text.startsWith(`k8s-cli: ${words}`));
    });
  }
});
