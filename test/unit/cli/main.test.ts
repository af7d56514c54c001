import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lines, type StreamScript, task } from '../client/support/scripted-server.js';
import { useServer } from './support/fixture.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ANSWER = { taskId: 'abc12345', status: 'submitted', message: '', warnings: [], objects: [] };

describe('the k8s-cli process', () => {
  const fixture = useServer();
  let child: ChildProcess | undefined;

  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
  });

  function start(argv: readonly string[]): ChildProcess {
    child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...argv], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: fixture.dir, K8S_CLI_API_URL: fixture.server.url, K8S_CLI_USER: 'alice' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return child;
  }

  async function serveLogs(streamTaskLogs: StreamScript): Promise<void> {
    await fixture.serve({ unary: { submitTask: () => ANSWER, getTask: () => task() }, stream: { streamTaskLogs } });
  }

  it('ends with 130 at SIGINT, and says how to come back', async () => {
    await serveLogs((call) => {
      call.write(lines(0, ['hello'], 't'));
    });
    const { stdout, stderr, pid } = start(['jobs', 'submit', fixture.taskFile()]);
    if (!stdout || !stderr || !child || pid === undefined) throw new Error('not started');
    const errors = text(stderr);
    let seen = '';
    for await (const piece of stdout.setEncoding('utf8')) {
      seen += String(piece);
      if (seen.includes('hello')) break;
    }
    process.kill(pid, 'SIGINT');
    const [code]: unknown[] = await once(child, 'exit');
    expect(code).to.equal(130);
    expect(await errors).to.match(/To come back: k8s-cli jobs logs abc12345\n$/);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    await serveLogs(async (call) => {
      for (let i = 0; !call.cancelled; i++) {
        if (!call.write(lines(0, [`line ${i}`], `t${i}`))) await once(call, 'drain').catch(() => {});
        else await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const { stdout, stderr } = start(['jobs', 'submit', fixture.taskFile()]);
    if (!stdout || !stderr || !child) throw new Error('not started');
    const errors = text(stderr);
    await once(stdout, 'data');
    stdout.destroy();
    const [code]: unknown[] = await once(child, 'exit');
    expect(await errors).to.equal('');
    expect(code).to.equal(141);
  });

  it('answers --help without loading gRPC', async () => {
    await fixture.serve({});
    const script = `
      import { createRequire } from 'node:module';
      import { PassThrough } from 'node:stream';
      import { createIo } from './cli/io.ts';
      import { run } from './cli/run.ts';
      const { signal } = new AbortController();
      const io = createIo({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }, signal);
      const code = await run(['jobs', 'submit', '--help'], { io, env: {}, signal, now: Date.now, osUser: () => 'x' });
      const loaded = Object.keys(createRequire('${ROOT}').cache).filter((path) => path.includes('@grpc'));
      console.log(code, loaded.length);
    `;
    child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: ROOT });
    if (!child.stdout) throw new Error('not started');
    expect(await text(child.stdout)).to.equal('0 0\n');
  });
});
