import { defineCommand } from '../command.js';
import { completionScript, SHELLS, type Shell } from '../completion/scripts.js';
import { usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { positional } from '../options.js';

/** `completion SHELL`: the script that makes the shell complete commands, options, ids and contexts. */
export const completion = defineCommand<{ readonly shell: Shell }>({
  usage: 'completion <shell>',
  summary: 'Print the script that completes command lines in bash, zsh or fish',
  build: (yargs) =>
    yargs
      .positional('shell', { type: 'string', describe: SHELLS.join(', ') })
      .example('source <($0 completion bash)', 'in ~/.bashrc; with zsh in ~/.zshrc, behind compinit')
      .example('$0 completion fish | source', 'in ~/.config/fish/config.fish'),
  parse: (args) => {
    const word = positional(args, 'shell');
    const shell = SHELLS.find((known) => known === word);
    if (shell === undefined) throw usageError(`${word}: use ${SHELLS.join(', ')}`);
    return { shell };
  },
  run: async ({ io }, { shell }) => {
    const program = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
    await io.out(completionScript(shell, program));
    return EXIT.ok;
  },
});
