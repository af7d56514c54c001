import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../support/cli.js';

describe('k8s-cli auth', () => {
  let sandbox: Sandbox;
  let configDir: string;
  let configFile: string;

  beforeEach(() => {
    sandbox = createSandbox(() => ({ K8S_CLI_USER: '' }));
    configDir = join(sandbox.dir, '.config', 'k8s-cli');
    configFile = join(configDir, 'config.yaml');
  });

  afterEach(() => sandbox.remove());

  it('remembers who the user is, in a file that only the user can read', async () => {
    expect(await sandbox.cli(['auth', 'login', 'alice'])).to.include({ exitCode: 0, stdout: 'Logged in as alice\n' });
    expect(statSync(configFile).mode & 0o777).to.equal(0o600);
    expect(statSync(configDir).mode & 0o777).to.equal(0o700);
    expect(readdirSync(configDir)).to.deep.equal(['config.yaml']);
    const whoami = await sandbox.cli(['auth', 'whoami']);
    expect(whoami).to.include({ exitCode: 0, stdout: 'alice\n' });
    expect(whoami.stderr).to.equal(`(from ${configFile}; the server is http://localhost:8000)\n`);
    const json = await sandbox.cli(['auth', 'whoami', '-o', 'json']);
    expect(json.stderr).to.equal('');
    expect(JSON.parse(json.stdout)).to.deep.equal({ user: 'alice', origin: 'config', server: 'http://localhost:8000' });
    expect((await sandbox.cli(['auth', 'whoami', '--quiet'])).stderr).to.equal('');
  });

  it('keeps other contexts and the server of this one', async () => {
    mkdirSync(configDir, { recursive: true });
    writeFileSync(
      configFile,
      'current-context: b\ncontexts:\n  a: {server: http://a:1, user: al}\n  b: {server: http://b:2, user: bo}\n',
    );
    chmodSync(configFile, 0o644);
    await sandbox.cli(['auth', 'login', '0123']);
    expect(readFileSync(configFile, 'utf8')).to.equal(
      'current-context: b\ncontexts:\n  a:\n    server: http://a:1\n    user: al\n  b:\n    server: http://b:2\n    user: "0123"\n',
    );
    expect(statSync(configFile).mode & 0o777).to.equal(0o600);
    expect((await sandbox.cli(['auth', 'whoami'])).stderr).to.match(/the server is http:\/\/b:2/);
  });

  it('remembers the server with --server', async () => {
    await sandbox.cli(['auth', 'login', 'alice', '--server', 'https://tasks.example']);
    expect((await sandbox.cli(['auth', 'whoami'])).stderr).to.match(/the server is https:\/\/tasks\.example/);
  });

  it('remembers the user at the server of the environment, and nowhere else', async () => {
    await sandbox.cli(['auth', 'login', 'alice', '--server', 'http://a:1']);
    const env = { K8S_CLI_API_URL: 'http://b:2' };
    for (const name of ['bob', 'eve']) {
      const stdout = `Logged in as ${name} at http://b:2\n`;
      expect(await sandbox.cli(['auth', 'login', name], { env })).to.include({ exitCode: 0, stdout });
    }
    expect((await sandbox.cli(['auth', 'whoami'], { env })).stdout).to.equal('eve\n');
    expect((await sandbox.cli(['auth', 'whoami'])).stdout).to.equal('alice\n');
    expect((await sandbox.cli(['config', 'get-contexts'])).stdout).to.equal(
      'CURRENT\tNAME\tSERVER\tUSER\tTOKEN\n*\tdefault\thttp://a:1\talice\t-\n\tb-2\thttp://b:2\teve\t-\n',
    );
    const nowhere = await sandbox.cli(['auth', 'login', 'bob'], { env: { K8S_CLI_API_URL: 'b' } });
    expect(nowhere).to.include({ exitCode: 2, stdout: '' });
  });

  it('lets flags win over the environment and that over the configuration', async () => {
    await sandbox.cli(['auth', 'login', 'config']);
    const env = { K8S_CLI_USER: 'environment', K8S_CLI_API_URL: 'http://e:1' };
    const byEnv = await sandbox.cli(['auth', 'whoami'], { env });
    expect(byEnv.stdout).to.equal('environment\n');
    expect(byEnv.stderr).to.equal('(from K8S_CLI_USER; the server is http://e:1)\n');
    const byFlag = await sandbox.cli(['auth', 'whoami', '--user', 'flag', '--server', 'http://f:1'], { env });
    expect(byFlag.stdout).to.equal('flag\n');
    expect(byFlag.stderr).to.equal('(from --user; the server is http://f:1)\n');
  });

  it('warns at login when the environment wins anyway', async () => {
    const result = await sandbox.cli(['auth', 'login', 'alice'], { env: { K8S_CLI_USER: 'bob' } });
    expect(result.stderr).to.match(/K8S_CLI_USER is set to bob and wins/);
  });

  it('uses the name of the operating system without a login', async () => {
    expect((await sandbox.cli(['auth', 'whoami'])).stdout).to.equal('osuser\n');
    const nameless = await sandbox.cli(['auth', 'whoami'], { osUser: () => undefined });
    expect(nameless.exitCode).to.equal(2);
    expect(nameless.stderr).to.match(/k8s-cli auth login NAME/);
  });

  it('says so once for a configuration, not with each command', async () => {
    const env = { K8S_CLI_API_URL: 'http://127.0.0.1:1' };
    const first = await sandbox.cli(['jobs', 'list'], { env });
    const second = await sandbox.cli(['jobs', 'list'], { env });
    const elsewhere = await sandbox.cli(['jobs', 'list'], {
      env: { ...env, XDG_CONFIG_HOME: join(sandbox.dir, 'other') },
    });
    expect(first.stderr).to.match(/^k8s-cli: you are osuser, your user name here; .* \(said only once\)\n/);
    expect(second.stderr).to.not.match(/you are/);
    expect(elsewhere.stderr).to.match(/you are osuser/);
  });

  for (const name of ['', ' x', 'müller', '王']) {
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      const result = await sandbox.cli(['auth', 'login', name]);
      expect(result).to.include({ exitCode: 2, stdout: '' });
      expect(result.stderr).to.match(/^k8s-cli: [^\n]+\n$/);
    });
  }

  const broken: readonly (readonly [text: string, words: RegExp])[] = [
    ['a: [', /:1:5: not valid YAML: [^:]*; repair or delete it/],
    ['[]', /the file must be a mapping/],
    ['contexts: []', /contexts must be a mapping/],
    ['contexts: {default: {user: 12}}', /contexts\.default\.user must be a text; put it in quotes/],
    ['current-context: 1', /current-context must be a name/],
  ];
  for (const [text, words] of broken) {
    it(`says what is wrong with a configuration ${JSON.stringify(text)}`, async () => {
      mkdirSync(configDir, { recursive: true });
      writeFileSync(configFile, text);
      const result = await sandbox.cli(['auth', 'whoami']);
      expect(result).to.include({ exitCode: 2, stdout: '' });
      expect(result.stderr).to.match(words).and.to.include(configFile);
    });
  }

  it('says why the configuration cannot be written', async () => {
    writeFileSync(join(sandbox.dir, '.config'), 'a file where a directory should be');
    const result = await sandbox.cli(['auth', 'login', 'alice']);
    expect(result).to.include({ exitCode: 1, stdout: '' });
    expect(result.stderr).to.match(/^k8s-cli: cannot write .*config\.yaml: [^\n]+\n$/);
  });

  it('takes an empty configuration for none', async () => {
    mkdirSync(configDir, { recursive: true });
    writeFileSync(configFile, '');
    expect((await sandbox.cli(['auth', 'whoami'])).stdout).to.equal('osuser\n');
  });
});
