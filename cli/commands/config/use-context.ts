import { defineCommand } from '../../command.js';
import { readConfig, writeConfig } from '../../config.js';
import { EXIT } from '../../exit-codes.js';
import { positional } from '../../options.js';
import { checkContext } from '../../settings.js';
import { noteEnvironment } from './environment-note.js';

/** `config use-context NAME`: the context of all commands that name none. */
export const useContext = defineCommand<{ readonly name: string }>({
  usage: 'use-context <name>',
  summary: 'Use a context from now on',
  build: (yargs) => yargs.positional('name', { type: 'string', describe: 'name of the context' }),
  parse: (args) => ({ name: positional(args, 'name') }),
  run: async (context, { name }) => {
    const { env, io } = context;
    const config = await readConfig(env);
    checkContext(config, name);
    await writeConfig(env, { ...config, currentContext: name });
    await io.out(`Using context ${name}\n`);
    await noteEnvironment(context);
    return EXIT.ok;
  },
});
