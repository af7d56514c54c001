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

  for (const [shell, { program, setUp }] of Object.entries(SHELLS)) {
    it(`finds commands, options, files, contexts and live ids in ${shell}`, async function () {
      if (spawnSync(shell, ['-c', 'true']).status !== 0) this.skip();
      const user = uniqueName(`user-of-${shell}`);
      const [{ task_id: task }, { stdout: volume }] = await Promise.all([
        house.submit({ run: 'true' }, { user }),
        house.cli(['volumes', 'create', uniqueName('data'), '1Gi', '-o', 'name'], { user }),
        house.cli(['config', 'set-context', 'the-context', '--server', house.server.url]),
      ]);
      house.file('the-file.yaml', 'run: "true"\n');
      const terminal = open(program, { env: { K8S_CLI_USER: user, XDG_CONFIG_HOME: `${house.folder}/config` } });
      terminal.type(setUp + KEYS.enter);
      await terminal.shows(/^> ?$/m);
      for (const [typed, completed] of [
        ['k8s-cli vol', 'k8s-cli volumes '],
        ['k8s-cli jobs submit the-f', 'k8s-cli jobs submit the-file.yaml '],
        ['k8s-cli jobs list --context ', 'k8s-cli jobs list --context the-context '],
        ['k8s-cli volumes delete ', `k8s-cli volumes delete ${volume.trim()} `],
        [`k8s-cli jobs logs --follow ${task.slice(0, 3)}`, `k8s-cli jobs logs --follow ${task} `],
      ] as const) {
        expect(await complete(terminal, typed)).to.equal(completed);
      }
      expect(terminal.lines().every(({ text }) => !text.includes('__complete'))).to.equal(true);
    });
  }
});
