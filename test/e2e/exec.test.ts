import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { startCli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { DIST, startCommand } from '../support/program.js';
import { targetKubeconfig } from '../support/target.js';

const SERVER = [
  'import http.server, os',
  'class Handler(http.server.BaseHTTPRequestHandler):',
  '  def do_GET(self):',
  '    self.send_response(200); self.end_headers(); self.wfile.write(b"node " + os.environ["NODE_RANK"].encode() + b"x" * 2000000)',
  '  def log_message(self, *args): pass',
  'server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Handler)',
  'print("port", server.server_port, flush=True)',
  'server.serve_forever()',
].join('\n');

describe('exec and port-forward', () => {
  const house = useHouse();
  let id: string;

  before('a task of two nodes that runs', async () => {
    const run = `echo "$NODE_RANK" >/tmp/rank; trap 'exit 0' TERM; echo ready; sleep 3000 & wait`;
    ({ task_id: id } = await house.submit({ num_nodes: 2, envs: { COLOUR: 'dark green' }, run }));
    await eventually(async () => expect(await house.log(id, '?follow=false')).to.have.length(2));
  });

  it('runs a program where the task runs, with both outputs apart and its exit code', async () => {
    const script = 'cat /tmp/rank; echo "$COLOUR"; echo "to stderr" >&2; exit 3';
    const { code, stdout, stderr } = await house.cli(['jobs', 'exec', id, '--node', '1', '--', 'sh', '-c', script]);
    expect(stdout).to.equal('1\ndark green\n');
    expect(stderr).to.equal('to stderr\n');
    expect(code).to.equal(3);
  });

  it('passes its input on to the end, and all of the output, however slowly it is read', async () => {
    const data = randomBytes(3_000_000);
    const [input, output] = [join(house.folder, 'input'), join(house.folder, 'output')];
    writeFileSync(input, data);
    // A shell, for its redirections; the reader begins when the program has long ended.
    const words =
      '"$NODE" "$CLI" jobs exec "$ID" -i -- sh -c \'cat >/tmp/data; cat /tmp/data\' <"$IN" | { sleep 1; cat >"$OUT"; }';
    const { code, stderr } = await startCommand('exec', ['sh', '-c', words], {
      env: {
        HOME: house.folder,
        K8S_CLI_API_URL: house.server.url,
        K8S_CLI_USER: 'alice',
        NODE: process.execPath,
        CLI: join(DIST, 'cli/main.js'),
        ID: id,
        IN: input,
        OUT: output,
      },
    }).ended;
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(readFileSync(output).equals(data)).to.equal(true);
  });

  it('does not eat the input of a script', async () => {
    const { code, stdout } = await house.cli(['jobs', 'exec', id, '--', 'cat'], { stdin: 'for somebody else' });
    expect(stdout).to.equal('');
    expect(code).to.equal(0);
  });

  it('gives the program a terminal', async () => {
    const script = 'tty >/dev/null && echo "a terminal" && test -t 2 && echo "one output" >&2';
    const { code, stdout } = await house.cli(['jobs', 'exec', id, '-t', '--', 'sh', '-c', script]);
    expect(stdout).to.equal('a terminal\r\none output\r\n');
    expect(code).to.equal(0);
  });

  for (const [what, command, exitCode, message] of [
    ['is not there', 'no-such-program', 127, 'executable file not found'],
    ['cannot be run', '/etc/passwd', 126, 'permission denied'],
  ] as const) {
    it(`says that a program ${what}`, async () => {
      const { code, stderr } = await house.cli(['jobs', 'exec', id, '--', command]);
      expect(stderr).to.match(new RegExp(`^k8s-cli: cannot run ${command}: .*${message}`));
      expect(code).to.equal(exitCode);
    });
  }

  it('is for the owner and for nodes that there are', async () => {
    const other = await house.cli(['jobs', 'exec', id, '--', 'true'], { user: 'mallory' });
    expect(other.stderr).to.contain(`task "${id}" not found`);
    expect(other.code).to.equal(123);
    const none = await house.cli(['jobs', 'exec', id, '--node', '2', '--', 'true']);
    expect(none.stderr).to.contain('the task has nodes 0 to 1');
    expect(none.code).to.equal(2);
  });

  it('ends with the node that it is in, and not before', async () => {
    const { task_id: short } = await house.submit({ run: 'while [ ! -e /tmp/over ]; do sleep 0.1; done; exit 0' });
    await house.until(short, 'running');
    const inside = house.startCli(['jobs', 'exec', short, '--', 'sh', '-c', 'echo begun; sleep 3000']);
    await inside.seen('stdout', /begun/);
    // Which may end with the node, too, before its own end is known.
    await house.cli(['jobs', 'exec', short, '--', 'touch', '/tmp/over']);
    await house.until(short, 'completed');
    expect((await inside.ended).code).to.be.oneOf([125, 137]);
    const late = await house.cli(['jobs', 'exec', short, '--', 'true']);
    expect(late.stderr).to.match(new RegExp(`^k8s-cli: node 0 of task ${short} has ended.*jobs logs ${short}`));
    expect(late.code).to.equal(1);
  });

  it('ends when it is interrupted, and when the server stops', async () => {
    const interrupted = house.startCli(['jobs', 'exec', id, '--', 'sh', '-c', 'echo begun; sleep 3000']);
    await interrupted.seen('stdout', /begun/);
    interrupted.kill('SIGINT');
    expect((await interrupted.ended).code).to.equal(130);
    const server = await house.anotherServer();
    const cut = startCli({ path: house.folder, remove: () => {} }, server.url, [
      'jobs',
      'exec',
      id,
      '--',
      'sh',
      '-c',
      'echo begun; sleep 3000',
    ]);
    await cut.seen('stdout', /begun/);
    await server.program.stop();
    const { code, stderr } = await cut.ended;
    expect(stderr).to.contain('the server is stopping');
    expect(code).to.equal(1);
  });

  it('forwards ports, for many callers at once, until the task ends', async () => {
    // One of them only: on the embedded cluster they share the machine's ports.
    const run = `if [ "$NODE_RANK" = 1 ]; then python3 -c '${SERVER}'; else sleep 3000; fi`;
    const { task_id: web } = await house.submit({ num_nodes: 2, run });
    const remote = await eventually(async () => {
      const [line = ''] = await house.log(web, '?follow=false&node=1');
      return /port (\d+)$/.exec(line)?.[1] ?? expect.fail(`the server has not begun: ${line}`);
    });
    const forward = house.startCli(['jobs', 'port-forward', web, `:${remote}`, ':1', '--node', '1']);
    const listening = (port: string): Promise<RegExpExecArray> =>
      forward.seen('stdout', new RegExp(`^Forwarding 127\\.0\\.0\\.1:(\\d+) to port ${port} of node 1$`, 'm'));
    const [, port = ''] = await listening(remote);
    const [, silent = ''] = await listening('1');
    const read = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}`)).text();
    for (const text of await Promise.all([read(), read(), read(), read()])) {
      expect(text).to.have.length(2_000_006);
      expect(text.slice(0, 7)).to.equal('node 1x');
    }
    const socket = connect(Number(silent), '127.0.0.1').on('error', () => {});
    await forward.seen('stderr', /^k8s-cli: port 1: nothing listens at port 1 of the node/m);
    socket.destroy();
    await house.cli(['jobs', 'stop', web]);
    expect((await forward.ended).code).to.equal(0);
  });

  it('kubectl exec works, too', async function () {
    const kubectl = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
    if (kubectl.status !== 0) this.skip();
    const { nodes } = await house.task(id);
    const pod = nodes[0]?.pod_name ?? '';
    const { namespace } = house.kubernetes;
    const args = [
      '--kubeconfig',
      targetKubeconfig(),
      '-n',
      namespace,
      'exec',
      '-i',
      pod,
      '--',
      'sh',
      '-c',
      'cat; exit 4',
    ];
    const { code, stdout } = await startCommand('kubectl', ['kubectl', ...args], {
      // It keeps what it has found out there.
      env: { HOME: house.folder },
      stdin: 'through kubectl',
    }).ended;
    expect(stdout).to.equal('through kubectl');
    expect(code).to.equal(4);
  });
});
