import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import type { Api } from './api.js';
import { type Ending, type Program, startCommand } from './program.js';
import { targetKubeconfig } from './target.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

/** The kubectl of the PATH, unmodified, or the one of K8S_CLI_KUBECTL. */
const KUBECTL = process.env['K8S_CLI_KUBECTL'] ?? 'kubectl';

/** kubectl in the namespace of a suite. */
export interface Kubectl {
  /** Runs a command that has to succeed; resolves with what it wrote to stdout. `stdin` is an object, sent as JSON. */
  run(words: string, stdin?: object): Promise<string>;
  /** Runs a command whatever comes of it. */
  attempt(words: string, stdin?: object): Promise<Ending>;
  /** Starts a command that is not waited for; it is ended with the suite. */
  start(words: string): Program;
}

/** Adds a suite in which kubectl is used; where there is none, it is left out with a word. */
export function describeKubectl(title: string, suite: () => void): void {
  const found = spawnSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' }).status === 0;
  if (found) describe(title, suite);
  else describe.skip(`${title} (left out: there is no ${KUBECTL})`, suite);
}

/** kubectl for the suite it is called in. Words are separated by blanks; those in single quotes may have blanks in them. */
export function useKubectl(api: Api, env: Readonly<Record<string, string>> = {}): Kubectl {
  const started: Program[] = [];
  let home: TemporaryFolder | undefined;
  before(() => {
    home = createTemporaryFolder();
  });
  after(async () => {
    for (const program of started) program.kill('SIGKILL');
    await Promise.all(started.map(({ ended }) => ended));
    home?.remove();
  });
  const start = (words: string, stdin?: object): Program => {
    const where = ['--kubeconfig', targetKubeconfig(), '--namespace', api.namespace];
    const list = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const text = stdin === undefined ? undefined : JSON.stringify(stdin);
    return startCommand(`kubectl ${words}`, [KUBECTL, ...where, ...list], {
      env: { HOME: home?.path ?? '', ...env },
      stdin: text,
    });
  };
  const attempt = (words: string, stdin?: object): Promise<Ending> => start(words, stdin).ended;
  return {
    attempt,
    run: async (words, stdin) => {
      const { code, stdout, stderr } = await attempt(words, stdin);
      expect({ code, stderr: code === 0 ? '' : stderr }, `kubectl ${words}`).to.deep.equal({ code: 0, stderr: '' });
      return stdout;
    },
    start: (words) => {
      const program = start(words);
      started.push(program);
      return program;
    },
  };
}
