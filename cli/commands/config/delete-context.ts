import { defineCommand } from '../../command.js';
import { DEFAULT_CONTEXT, readConfig, writeConfig } from '../../config.js';
import { EXIT } from '../../exit-codes.js';
import { positional } from '../../options.js';
import { checkContext } from '../../settings.js';

/** `config delete-context NAME`: forgets a server, who the user is there, and its token. */
export const deleteContext = defineCommand<{ readonly name: string }>({
  usage: 'delete-context <name>',
  summary: 'Forget a context, its user and its token',
  build: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'name of the context' })
      .epilogue(
        'The server and what runs there are not touched. That of the local server is made again when it starts, and by a ' +
          'command for which no other is chosen.',
      ),
  parse: (args) => ({ name: positional(args, 'name') }),
  run: async ({ env, io, note }, { name }) => {
    const config = await readConfig(env);
    checkContext(config, name);
    const { [name]: _, ...contexts } = config.contexts;
    const used = config.currentContext === name;
    await writeConfig(env, { currentContext: used ? DEFAULT_CONTEXT : config.currentContext, contexts });
    await io.out(`Context ${name} deleted\n`);
    if (used) {
      await note('k8s-cli: it was the one in use; choose another with: k8s-cli config use-context NAME\n');
    }
    return EXIT.ok;
  },
});
