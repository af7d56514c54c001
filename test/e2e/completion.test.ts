import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { uniqueName, useHouse } from '../support/house.js';
import { KEYS, type Terminal, useTerminals } from '../support/terminal.js';

/** Each shell without anybody's settings; what its user writes into them, and a prompt to wait for. */
const SHELLS: Readonly<Record<string, { readonly program: readonly string[]; readonly setUp: string }>> = {
  bash: { program: ['bash', '--norc', '--noprofile', '-i'], setUp: 'source <(k8s-cli completion bash); PS1="> "' },
  zsh: {
    program: ['zsh', '-f', '-i'],
    setUp: 'autoload -Uz compinit; compinit -D; source <(k8s-cli completion zsh); PS1="> "',
  },
  fish: {
    program: ['fish', '--no-config', '-i'],
    setUp: 'k8s-cli completion fish | source; function fish_prompt; echo "> "; end',
  },
};
/** Takes what has been typed away, in all of them. */
const CTRL_U = '\u0015';
const MAX_ATTEMPTS = 15;

/**
 * What becomes of a line when Tab is pressed at its end: it is there when the next key is. Once more where nothing became of it: a
 * server that is too slow for a person's patience offers nothing.
 */
async function complete(terminal: Terminal, typed: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    terminal.type(typed + KEYS.tab + '='.repeat(attempt));
    const [, line = ''] = await terminal.shows(new RegExp(`(${typed}[^=]*)={${attempt}} *$`, 'm'));
    terminal.type(CTRL_U);
    if (line !== typed || attempt === MAX_ATTEMPTS) return line;
  }
}

describe('completion', () => {
  const house = useHouse();
  const open = useTerminals(house);
  let user: string;
  let task: string;
  let volume: string;

  before('a task, a volume, a context and a file', async () => {
    user = uniqueName('user');
    house.file('the-file.yaml', 'run: "true"\n');
    const [submitted, created] = await Promise.all([
      house.submit({ run: 'true' }, { user }),
      house.cli(['volumes', 'create', uniqueName('data'), '1Gi', '-o', 'name'], { user }),
      house.cli(['config', 'set-context', 'the-context', '--server', house.server.url]),
    ]);
    task = submitted.task_id;
    volume = created.stdout.trim();
  });

  for (const [shell, { program, setUp }] of Object.entries(SHELLS)) {
    describe(`in ${shell}`, () => {
      let terminal: Terminal;

      before('a prompt', async function () {
        if (spawnSync(shell, ['-c', 'true']).status !== 0) this.skip();
        terminal = open(program, { env: { K8S_CLI_USER: user, XDG_CONFIG_HOME: `${house.folder}/config` } });
        terminal.type(setUp + KEYS.enter);
        await terminal.shows(/^> ?$/m);
      });

      for (const [what, typed, completed] of [
        ['commands', () => 'k8s-cli vol', () => 'k8s-cli volumes '],
        ['files', () => 'k8s-cli jobs submit the-f', () => 'k8s-cli jobs submit the-file.yaml '],
        ['contexts', () => 'k8s-cli jobs list --context ', () => 'k8s-cli jobs list --context the-context '],
        ['forms of an answer', () => 'k8s-cli version -o n', () => 'k8s-cli version -o name '],
        ['live volumes', () => 'k8s-cli volumes delete ', () => `k8s-cli volumes delete ${volume} `],
        [
          'live tasks, behind an option',
          () => `k8s-cli jobs logs --follow ${task.slice(0, 3)}`,
          () => `k8s-cli jobs logs --follow ${task} `,
        ],
      ] as const) {
        it(`finds ${what}`, async () => {
          expect(await complete(terminal, typed())).to.equal(completed());
        });
      }

      it('shows nothing of how it asks', () => {
        expect(terminal.lines().every(({ text }) => !text.includes('__complete'))).to.equal(true);
      });
    });
  }
});
