import { expect } from 'chai';
import { type Command, type Config, HELP, readCommand } from '../../../server/config.js';

const HOME = { XDG_STATE_HOME: '/state' };

function run(argv: readonly string[] = [], environment: Record<string, string> = {}): Config {
  const command = readCommand(argv, { ...HOME, ...environment });
  if (command.kind !== 'run') throw new Error(JSON.stringify(command));
  return command.config;
}

describe('readCommand', () => {
  it('serves loopback on port 8000 with what it finds, without being told anything', () => {
    expect(run()).to.deep.equal({
      host: '127.0.0.1',
      port: 8000,
      cluster: 'auto',
      kubeconfig: undefined,
      kubeconfigNamed: undefined,
      context: undefined,
      namespace: undefined,
      dataDir: '/state/k8s-cli/cluster',
      logDir: '/state/k8s-cli/logs',
      retainMs: undefined,
      podsReadyMs: 600_000,
      tokenFile: undefined,
      logFile: undefined,
      loopback: true,
      corsOrigins: [],
      insideCluster: false,
      policy: { serviceAccounts: [], podConfig: [], priorityClasses: [], secrets: {} },
    });
  });

  const options: readonly [flag: string, variable: string, key: keyof Config, text: string, value: unknown][] = [
    ['--host', 'K8S_CLI_API_HOST', 'host', '::1', '::1'],
    ['--port', 'K8S_CLI_API_PORT', 'port', '0', 0],
    ['--cluster', 'K8S_CLI_CLUSTER', 'cluster', 'embedded', 'embedded'],
    ['--context', 'K8S_CLI_CONTEXT', 'context', 'dev', 'dev'],
    ['--namespace', 'K8S_CLI_NAMESPACE', 'namespace', 'team-a', 'team-a'],
    ['--data-dir', 'K8S_CLI_DATA_DIR', 'dataDir', '/data', '/data'],
    ['--log-dir', 'K8S_CLI_LOG_DIR', 'logDir', '/logs', '/logs'],
    ['--log-dir', 'K8S_CLI_LOG_DIR', 'logDir', 'none', undefined],
    ['--retain', 'K8S_CLI_RETAIN', 'retainMs', '1h30m', 5_400_000],
    ['--pods-ready-timeout', 'K8S_CLI_PODS_READY_TIMEOUT', 'podsReadyMs', '1h', 3_600_000],
    ['--pods-ready-timeout', 'K8S_CLI_PODS_READY_TIMEOUT', 'podsReadyMs', 'never', undefined],
    ['--token-file', 'K8S_CLI_TOKEN_FILE', 'tokenFile', '/token', '/token'],
    ['--log-file', 'K8S_CLI_LOG_FILE', 'logFile', '/server.log', '/server.log'],
  ];
  for (const [flag, variable, key, text, value] of options) {
    it(`takes ${flag}, else ${variable}, and says so in its help`, () => {
      expect(run([flag, text])[key]).to.equal(value);
      expect(run([], { [variable]: text })[key]).to.equal(value);
      expect(run([], { [variable]: '' })[key], 'an empty variable').to.equal(run()[key]);
      expect(run([`${flag}=${text}`], { [variable]: 'nonsense' })[key], 'the flag wins').to.equal(value);
      expect(HELP).to.include(flag).and.include(variable);
    });
  }

  it('refuses a time for pods to be ready that is none', () => {
    const command = readCommand(['--pods-ready-timeout', 'soon'], HOME);
    expect(command)
      .to.have.property('message')
      .that.equals('--pods-ready-timeout: "soon" is no span; write 10m or never');
  });

  it('refuses a time to keep tasks that is none', () => {
    for (const wrong of ['soon', '30', '0s', '1.5h']) {
      const command = readCommand(['--retain', wrong], HOME);
      expect(command).to.have.property('message').that.equals(`--retain: "${wrong}" is no span; write 12h or 30d`);
    }
  });

  it('takes the origins that may call, and nothing else', () => {
    const origins = 'https://app.example, http://localhost:3000';
    expect(run(['--cors-origins', origins]).corsOrigins).to.deep.equal(origins.split(', '));
    expect(run([], { K8S_CLI_CORS_ORIGINS: origins }).corsOrigins).to.deep.equal(origins.split(', '));
    for (const wrong of ['*', 'app.example', 'https://app.example/', 'https://app.example/x', 'ftp://app.example']) {
      const command = readCommand(['--cors-origins', wrong], HOME);
      expect(command).to.have.property('message').that.includes(`--cors-origins: "${wrong}" is no origin`);
    }
  });

  it('remembers which kubeconfig somebody named, for the day it cannot be used', () => {
    expect(run([], { KUBECONFIG: '/my/config' }).kubeconfigNamed).to.equal('/my/config');
    expect(run(['--kubeconfig', '/other'], { KUBECONFIG: '/my/config' }).kubeconfigNamed).to.equal('/other');
  });

  it('knows that it runs in a pod', () => {
    expect(run([], { KUBERNETES_SERVICE_HOST: '10.0.0.1' }).insideCluster).to.equal(true);
  });

  const refusals: readonly [string[], Record<string, string>, RegExp][] = [
    [['--port', '65536'], {}, /--port: "65536"/],
    [['--port', '-1'], {}, /port/],
    [['--port', '1e3'], {}, /--port: "1e3"/],
    [['--port', ''], {}, /--port: ""/],
    [['--cluster', 'minikube'], {}, /none of auto, kubeconfig, in-cluster, embedded/],
    [['--namespace', 'Team A'], {}, /--namespace: "Team A"/],
    [['--nonsense'], {}, /--nonsense.*; see k8s-cli-server --help/],
    [['extra'], {}, /extra/],
    [['--host', '0.0.0.0'], {}, /--insecure-trust-user-header/],
    [['--host', ''], {}, /--insecure-trust-user-header/],
    [['--host', '127.0.0.1.evil.example'], {}, /not loopback/],
    [[], { K8S_CLI_API_HOST: '::' }, /not loopback/],
    [['--host', '10.0.0.1'], { K8S_CLI_INSECURE_TRUST_USER_HEADER: 'yes' }, /not loopback/],
  ];
  for (const [argv, environment, message] of refusals) {
    it(`refuses ${JSON.stringify(argv)} with ${JSON.stringify(environment)} in one line`, () => {
      const command = readCommand(argv, environment);
      expect(command).to.have.property('kind', 'error');
      const text = command.kind === 'error' ? command.message : '';
      expect(text).to.match(message);
      expect(text).to.not.include('\n');
    });
  }

  it('listens anywhere when told that this is meant', () => {
    expect(run(['--host', '0.0.0.0', '--insecure-trust-user-header'])).to.include({ host: '0.0.0.0', loopback: false });
    expect(run(['--host', '::'], { K8S_CLI_INSECURE_TRUST_USER_HEADER: 'true' }).loopback).to.equal(false);
  });

  for (const [argv, kind] of [
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['--version'], 'version'],
    [['--help', '--port', 'x'], 'help'],
  ] as const) {
    it(`answers ${argv.join(' ')}`, () => {
      expect(readCommand(argv, {})).to.deep.equal({ kind } satisfies Partial<Command>);
    });
  }
});
