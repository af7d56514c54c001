import { expect } from 'chai';
import { createSandbox, type Sandbox } from './support/cli.js';

describe('k8s-cli usage', () => {
  let sandbox: Sandbox;

  beforeEach(() => {
    sandbox = createSandbox();
  });

  afterEach(() => sandbox.remove());

  const wrong: readonly (readonly [argv: string, words: string])[] = [
    ['job list', 'unknown command job; did you mean jobs?'],
    ['bogusness', 'unknown command bogusness; see k8s-cli --help'],
    ['jobs exec abc ls', 'put what is to be run behind --: k8s-cli jobs exec ID -- ls; see k8s-cli jobs exec --help'],
    ['sumbit x', 'unknown command sumbit; did you mean k8s-cli jobs submit?'],
    ['create x 1Gi', 'unknown command create; did you mean k8s-cli volumes create?'],
    ['jobs list --all', 'unknown option --all; did you mean --all-users?'],
    [
      'jobs list --status bogus',
      '--status bogus: use pending, running, completed, failed, stopped; see k8s-cli jobs list --help',
    ],
    ['submit x', 'unknown command submit; did you mean k8s-cli jobs submit?'],
    ['delete volumes', 'unknown command delete; did you mean k8s-cli volumes delete?'],
    ['jobs sumbit x', 'unknown command sumbit; did you mean submit?'],
    ['jobs list --detials', 'unknown option --detials; did you mean --details?'],
    ['jobs list -a', 'unknown option -a; did you mean --all-users?'],
    ['jobs cancel x', 'unknown command cancel; did you mean stop?'],
    ['jobs ls', 'unknown command ls; did you mean list?'],
    ['volumes rm x', 'unknown command rm; did you mean delete?'],
    ['launch x.yaml', 'unknown command launch; did you mean k8s-cli jobs submit?'],
    ['volumes queue', 'unknown command queue; did you mean list?'],
    ['volumes create a -5Gi', '-5Gi: a negative value makes no sense here; see k8s-cli volumes create --help'],
    ['jobs submit --detached x.yaml', 'unknown option --detached; did you mean --detach?'],
    ['jobs submit -f x.yaml', 'unknown option -f; see k8s-cli jobs submit --help'],
    [
      'jobs rerun --no-detach -o json',
      'an argument is missing: k8s-cli jobs rerun <id>; see k8s-cli jobs rerun --help',
    ],
    ['jobs list -x', 'unknown option -x; see k8s-cli jobs list --help'],
    ['jobs list --colour=no', 'unknown option --colour; did you mean --color?'],
    ['versoin', 'unknown command versoin; did you mean version?'],
    ['doctor x', 'unexpected argument "x"; see k8s-cli doctor --help'],
    ['help exit-code', 'no help on "exit-code"; did you mean k8s-cli help exit-codes?'],
    ['help nonsense', 'no help on "nonsense"; see k8s-cli --help'],
    ['jobs submit', 'an argument is missing: k8s-cli jobs submit <file..>; see k8s-cli jobs submit --help'],
    ['jobs rerun a b', 'unexpected argument "b"; see k8s-cli jobs rerun --help'],
    ['jobs list -- extra', 'unexpected argument "extra"; see k8s-cli jobs list --help'],
    ['jobs rerun', 'an argument is missing: k8s-cli jobs rerun <id>; see k8s-cli jobs rerun --help'],
    [
      'jobs list --limit 0',
      '--limit must be a whole number from 1 to 2147483647, not "0"; see k8s-cli jobs list --help',
    ],
    ['local start --port x', '--port must be a whole number from 1 to 65535, not "x"; see k8s-cli local start --help'],
    [
      'local start --port 65536',
      '--port must be a whole number from 1 to 65535, not "65536"; see k8s-cli local start --help',
    ],
    ['jobs list -o xml', '--output xml: use json, yaml, wide, name; see k8s-cli jobs list --help'],
    ['jobs list -o', '-o needs a value; see k8s-cli jobs list --help'],
    ['jobs stop', 'which task? give its id, or --all for all your tasks; see k8s-cli jobs stop --help'],
    ['jobs stop abc12345 --all', 'give either a task id or --all, not both; see k8s-cli jobs stop --help'],
    ['jobs stop --all-users', '--all-users only goes with --all: k8s-cli jobs stop --all --all-users'],
    ['jobs stop abc12345 -u', '--all-users only goes with --all: k8s-cli jobs stop --all --all-users'],
    [
      'jobs stop --all -o name',
      '-o name goes with task ids: --all only tells how many were stopped; see k8s-cli jobs stop --help',
    ],
    [
      'jobs logs x --tail -1',
      '--tail must be a whole number from 0 to 2147483647, not "-1"; see k8s-cli jobs logs --help',
    ],
    ['jobs logs x --tail 1 --tail 2', '--tail is given more than once; see k8s-cli jobs logs --help'],
    ['jobs logs x --node 0,,1', '--node: there is an empty item in the list; see k8s-cli jobs logs --help'],
    [
      'jobs logs x --node a',
      '--node must be a whole number from 0 to 2147483647, not "a"; see k8s-cli jobs logs --help',
    ],
    [
      'jobs logs x --since 10',
      '--since 10: not a span of time; write for example 45s, 10m, 1h30m or 2d; see k8s-cli jobs logs --help',
    ],
    [
      'volumes create data',
      '2 arguments are needed: k8s-cli volumes create <name> <size>; see k8s-cli volumes create --help',
    ],
    [
      'auth login x --server localhost',
      'server URL "localhost": it must look like http://localhost:8000 or https://host',
    ],
  ];
  for (const [argv, words] of wrong) {
    it(`refuses ${argv}`, async () => {
      const result = await sandbox.cli(argv.split(' '));
      expect(result).to.deep.include({ exitCode: 2, stdout: '', stderr: `k8s-cli: ${words}\n` });
    });
  }

  it('refuses an empty id, which would mean something else to the server', async () => {
    const result = await sandbox.cli(['jobs', 'stop', '']);
    expect(result).to.include({ exitCode: 2 });
    expect(result.stderr).to.match(/ID must not be empty/);
  });

  for (const argv of [
    '',
    'jobs',
    'volumes',
    'auth',
    '--help',
    'jobs --help',
    'jobs submit --help',
    'help jobs',
    'help jobs submit',
    'help doctor',
    'jobs stop x --all -h',
  ]) {
    it(`answers "${argv}" with help`, async () => {
      const result = await sandbox.cli(argv.split(' ').filter((word) => word !== ''));
      expect(result).to.include({ exitCode: 0, stderr: '' });
      expect(result.stdout)
        .to.match(/^k8s-cli/)
        .and.to.match(/--help/);
    });
  }

  it('shows the options of a command before those of every command', async () => {
    const { stdout } = await sandbox.cli(['jobs', 'stop', '--help']);
    expect(stdout).to.match(/^Options:.*^ +--reason .*^Options of every command:.*^ +--server .*^ +-h, --help /ms);
    expect((await sandbox.cli(['--help'])).stdout)
      .to.match(/^Options of every command:$/m)
      .and.not.to.match(/^Options:/m);
  });

  it('explains a command as its own --help does', async () => {
    const asked = await sandbox.cli(['help', 'jobs', 'stop']);
    expect(asked).to.deep.equal(await sandbox.cli(['jobs', 'stop', '--help']));
  });

  it('names its exit codes in the help', async () => {
    expect((await sandbox.cli(['--help'])).stdout).to.match(/125 +connection lost/);
  });

  it('prints its version', async () => {
    expect((await sandbox.cli(['--version'])).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });
});
