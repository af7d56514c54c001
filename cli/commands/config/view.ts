import { defineCommand } from '../../command.js';
import { configPath, readConfig } from '../../config.js';
import { EXIT } from '../../exit-codes.js';
import { DOCUMENT_FORMATS, type OutputFormat, outputOption, withOutput } from '../../options.js';
import { printDocument } from '../../output/structured.js';

/** `config view`: the configuration file without its tokens. */
export const view = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'view',
  summary: 'Show the configuration, without tokens',
  build: (yargs) => withOutput(yargs, DOCUMENT_FORMATS),
  parse: (args) => ({ output: outputOption(args, DOCUMENT_FORMATS) }),
  run: async ({ env, io, note }, { output }) => {
    const { contexts, currentContext } = await readConfig(env);
    const shown = Object.entries(contexts).map(([name, { server, user, token }]) => [
      name,
      {
        ...(server === undefined ? {} : { server }),
        ...(user === undefined ? {} : { user }),
        ...(token === undefined ? {} : { token: '(hidden)' }),
      },
    ]);
    await note(`# ${configPath(env)}\n`);
    await printDocument(io, output === 'json' ? 'json' : 'yaml', {
      'current-context': currentContext,
      contexts: Object.fromEntries(shown),
    });
    return EXIT.ok;
  },
});
