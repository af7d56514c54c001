import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import type { ErrorJson } from '../support/task-json.js';

/** Task files that cannot be used, and what is said about each after the name of the file. */
const FILES: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['not YAML', 'run: date\nenvs: {A: 1\n', /^:\d+:\d+: not valid YAML/],
  ['not a mapping', '- run\n', /^:1:1: .*mapping/],
  ['empty', '', /run.* missing/],
  ['no run', 'name: x\n', /run.* missing/],
  ['an empty run', 'run: ""\n', /^:1:\d+: .*run/],
  ['an unknown key', 'run: date\nnum_node: 2\n', /^:2:1: .*did you mean "?num_nodes/],
  ['no nodes', 'run: date\nnum_nodes: 0\n', /^:2:\d+: .*num_nodes/],
  ['fewer than no nodes', 'run: date\nnum_nodes: -1\n', /^:2:\d+: .*num_nodes/],
  ['half a node', 'run: date\nnum_nodes: 1.5\n', /^:2:\d+: .*num_nodes/],
  ['nodes in words', 'run: date\nnum_nodes: two\n', /^:2:\d+: .*num_nodes/],
  ['bad cpus', 'run: date\nresources: {cpus: lots}\n', /^:2:\d+: .*cpus/],
  ['bad memory', 'run: date\nresources:\n  memory: 4Gigs\n', /^:3:\d+: .*memory/],
  ['a name with a space', 'run: date\nname: my task\n', /^:2:\d+: .*name/],
  ['a name of 200 characters', `run: date\nname: ${'n'.repeat(200)}\n`, /^:2:\d+: .*name.*200 characters/],
  ['a name in Chinese', 'run: date\nname: 任务\n', /^:2:\d+: .*name/],
  ['a bad name of a variable', 'run: date\nenvs:\n  2BAD: x\n', /^:3:\d+: .*2BAD/],
  [
    'a GPU count in letters',
    'run: date\nresources: {accelerators: "V100:x"}\n',
    /^:2:\d+: .*"x" is not a number of GPUs/,
  ],
  ['half a GPU', 'run: date\nresources: {accelerators: "V100:0.5"}\n', /^:2:\d+: .*whole/],
];

describe('bad input', () => {
  const house = useHouse();

  afterEach('leaves nothing behind', async () => {
    for (const kind of ['configmaps', 'jobs', 'services', 'pods'] as const) {
      const found = await house.kubernetes.list(kind, 'skypilot-task=true');
      expect(
        found.map(({ metadata }) => metadata?.name),
        kind,
      ).to.deep.equal([]);
    }
  });

  for (const [what, text, said] of FILES) {
    it(`a task file with ${what} is refused where it is wrong`, async () => {
      house.file('bad.yaml', text);
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', 'bad.yaml'], { cwd: house.folder });
      expect({ code, stdout }, stderr).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.match(/^bad\.yaml(:\d+:\d+)?: [^\n]+\n( {4}[^\n]+\n {4} *\^\n)?$/);
      expect(stderr.replace(/^bad\.yaml/, '')).to.match(said);
    });
  }

  it('all that is wrong with a task is said at once', async () => {
    const file = house.file('bad.yaml', 'num_nodes: 0\nresources: {cpus: x}\nenv: {}\n');
    const { code, stderr } = await house.cli(['jobs', 'submit', file]);
    expect(code).to.equal(2);
    expect(stderr.split('\n').filter((line) => line.startsWith(file))).to.have.length(4);
  });

  it('a file that is not there', async () => {
    const { code, stderr } = await house.cli(['jobs', 'submit', 'missing.yaml'], { cwd: house.folder });
    expect({ code, stderr }).to.deep.equal({
      code: 2,
      stderr: 'k8s-cli: missing.yaml: no such file; name one that is there, or - for stdin\n',
    });
  });

  it('an unknown volume', async () => {
    const file = house.file('volume.yaml', 'run: date\nvolumes:\n  /data: nowhere\n');
    const { code, stderr } = await house.cli(['jobs', 'submit', file]);
    expect(code).to.equal(123);
    expect(stderr).to.match(
      /volume\.yaml:3:10: volumes\.\/data: volume "nowhere" not found; create it with `(k8s-cli )?volumes create nowhere SIZE`.*\n      \/data: nowhere\n +\^\n$/,
    );
  });

  it('an unknown task', async () => {
    for (const verb of ['status', 'logs', 'stop']) {
      const { code, stderr } = await house.cli(['jobs', verb, 'zzzzzzzz']);
      expect(code, verb).to.equal(123);
      expect(stderr).to.match(/^k8s-cli: task "zzzzzzzz" not found; [^\n]*jobs list[^\n]*\n$/);
    }
  });

  for (const [args, said] of [
    [['jobs', 'stop', '--all-users'], /--all-users only goes with --all/],
    [['jobs', 'stop'], /which task/],
    [['jobs', 'submit'], /an argument is missing/],
    [['jobs', 'sumbit', 'x.yaml'], /submit/],
    [['jobs', 'logs', 'abcd1234', '--tail', 'many'], /--tail must be a whole number/],
    [['volumes', 'create', 'only-a-name'], /2 arguments are needed/],
  ] as const) {
    it(`k8s-cli ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await house.cli(args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr)
        .to.match(/^k8s-cli: [^\n]+\n$/)
        .and.to.match(said);
    });
  }

  it('a server that is not there', async () => {
    // Nobody listens there, and nobody is given this port.
    const url = 'http://127.0.0.1:1';
    const file = house.file('good.yaml', 'run: date\n');
    const env = { K8S_CLI_API_URL: url };
    for (const args of [
      ['jobs', 'submit', file],
      ['jobs', 'list'],
      ['volumes', 'list'],
    ]) {
      const { code, stdout, stderr } = await house.cli(args, { env });
      expect({ code, stdout }, args.join(' ')).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.equal(
        `k8s-cli: cannot reach the server at ${url}: connection refused; ` +
          'start it with k8s-cli-server, or one on this machine with k8s-cli local start, or set K8S_CLI_API_URL\n',
      );
    }
  });

  for (const [what, body, said] of [
    ['malformed JSON', '{"run": "date"', /./],
    ['no body', '', /run/],
    ['an unknown key', '{"run":"date","num_node":2}', /num_node.*did you mean.*num_nodes/],
    ['a number where a text belongs', '{"run":7}', /run/],
    ['nodes in words', '{"run":"date","num_nodes":"two"}', /./],
    ['an empty run', '{"run":" "}', /run/],
  ] as const) {
    it(`POST /tasks/submit with ${what}`, async () => {
      const { status, text } = await house.rest('POST', '/tasks/submit', { body });
      expect(status, text).to.equal(400);
      const { code, message } = JSON.parse(text) as ErrorJson;
      expect(code).to.equal(3);
      expect(message).to.match(said);
    });
  }

  it('POST /tasks/submit with a task file in Latin-1', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const body = Buffer.from('envs: {NAME: café}\nrun: date\n', 'latin1');
    const { status, text } = await house.rest('POST', '/tasks/submit', { headers, body });
    expect(status, text).to.equal(400);
    expect((JSON.parse(text) as ErrorJson).message).to.equal('the task file is not UTF-8 text; save it as UTF-8');
  });

  it('a body of 10 MB', async () => {
    const body = JSON.stringify({ run: `: ${'x'.repeat(10_000_000)}` });
    // The server need not read it to its end before it answers: the connection may break while it is sent.
    const refused = await house.rest('POST', '/tasks/submit', { body }).catch(() => undefined);
    if (refused !== undefined) expect(refused.status).to.be.oneOf([400, 413, 429]);
    expect((await house.rest('GET', '/')).status).to.equal(200);
    const file = house.file('large.yaml', `run: ": ${'x'.repeat(10_000_000)}"\n`);
    const { code, stderr } = await house.cli(['jobs', 'submit', file]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/is larger than 1048576 bytes \(1 MiB\)\n$/);
  });

  it('a script that is too long for Kubernetes', async () => {
    const { status, text } = await house.rest('POST', '/tasks/submit', { body: { run: `: ${'x'.repeat(200_000)}` } });
    expect(status).to.equal(400);
    expect((JSON.parse(text) as ErrorJson).message).to.match(/^run: is 200002 bytes long/);
  });
});
