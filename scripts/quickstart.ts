/**
 * The main job, start to end, on the embedded cluster: submits a task of two nodes, follows its log, shows its status. Uses a
 * directory of its own and leaves nothing behind. The argument is the folder of the package to run; by default this one.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = process.argv[2] ?? '';
const directory = mkdtempSync(join(tmpdir(), 'k8s-cli-quickstart-'));
const dataDir = join(directory, 'cluster');
const environment = { ...process.env, XDG_CONFIG_HOME: directory, XDG_STATE_HOME: directory };

function say(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** Runs a command of k8s-cli and shows it; returns its exit code. */
function cli(url: string, ...args: string[]): number {
  say(`$ k8s-cli ${args.join(' ')}`);
  const env = { ...environment, K8S_CLI_API_URL: url };
  return spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { stdio: 'inherit', env }).status ?? 1;
}

/** Id of the last task. */
function lastTask(url: string): string {
  const env = { ...environment, K8S_CLI_API_URL: url };
  const { stdout } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), 'jobs', 'list'], {
    encoding: 'utf8',
    env,
  });
  return /^[a-z0-9]{8}\b/m.exec(stdout)?.[0] ?? '';
}

async function endCluster(): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGTERM');
  for (let alive = true; alive; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      process.kill(pid, 0);
    } catch {
      alive = false;
    }
  }
}

say('$ k8s-cli-server --cluster embedded &');
const server = spawn(
  process.execPath,
  [
    join(root, 'dist/server/main.js'),
    '--cluster',
    'embedded',
    '--data-dir',
    dataDir,
    '--log-dir',
    join(directory, 'logs'),
    '--port',
    '0',
  ],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  },
);
let failures = 0;
let ready = false;
try {
  for await (const line of createInterface({ input: server.stdout })) {
    process.stdout.write(`${line}\n`);
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    ready = true;
    failures += Number(cli(url, 'auth', 'login', 'newcomer') !== 0);
    failures += Number(cli(url, 'jobs', 'submit', join(root, 'examples/multi-node.yaml')) !== 0);
    failures += Number(cli(url, 'jobs', 'status', lastTask(url)) !== 0);
    failures += Number(cli(url, 'jobs', 'list') !== 0);
    break;
  }
} finally {
  if (server.exitCode === null) {
    say('$ kill %1');
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  if (existsSync(join(dataDir, 'lock'))) await endCluster();
  rmSync(directory, { recursive: true, force: true });
}
say(
  ready && failures === 0 ? 'That was the main job. README.md says how to go on.' : 'Something went wrong; see above.',
);
process.exitCode = ready && failures === 0 ? 0 : 1;
