/**
 * Makes docs/pictures/ of real runs on an embedded cluster of its own: what a terminal of 92 columns shows. Needs a build, and `script` of
 * util-linux. Ids and times are those of the run, so that the pictures change each time; they are made anew when the output changes.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { terminalSvg } from './pictures/terminal-svg.js';

const COLUMNS = 92;
/** Not the usual port, where a server of the user's may listen. */
const PORT = '18000';
/** So that lists have something to show. */
const BEFORE = [
  'volumes create example-data 1Gi',
  'jobs submit examples/hello.yaml',
  'jobs submit examples/multi-node.yaml',
  'jobs submit examples/long-running.yaml --detach',
];
const PICTURES: Readonly<Record<string, readonly string[]>> = {
  failure: ['jobs submit examples/failing-node.yaml', 'jobs status'],
  list: ['jobs list', 'volumes list'],
};

const home = mkdtempSync(join(tmpdir(), 'k8s-cli-pictures-'));
const program = resolve('dist/cli/main.js');

/** What a terminal shows of a command of k8s-cli. */
function shown(words: string): string {
  const command = `stty cols ${COLUMNS} rows 40; exec '${process.execPath}' '${program}' ${words}`;
  const env = { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', K8S_CLI_API_PORT: PORT };
  const { stdout } = spawnSync('script', ['-qefc', command, '/dev/null'], { env, encoding: 'utf8' });
  return stdout.replaceAll('^@', '');
}

try {
  for (const words of ['local start', 'auth login ada', ...BEFORE]) shown(words);
  mkdirSync('docs/pictures', { recursive: true });
  for (const [name, commands] of Object.entries(PICTURES)) {
    const text = commands.map((words) => `\u001b[1m$ k8s-cli ${words}\u001b[0m\n${shown(words)}`).join('\n');
    writeFileSync(`docs/pictures/${name}.svg`, terminalSvg(text));
  }
} finally {
  shown('local stop --yes');
  rmSync(home, { recursive: true, force: true });
}
