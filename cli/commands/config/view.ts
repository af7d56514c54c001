import { defineCommand } from '../../command.js';
import { configPath, readConfig } from '../../config.js';
import { EXIT } from '../../exit-codes.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printAnswer } from '../../output/answer.js';

/** `config view`: the configuration file without its tokens. */
export const view = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'view',
  summary: 'Show the configuration, without tokens',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, { json: 'what the file has', name: 'the current context', wide: 'as without -o' }),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const { env, note } = context;
    const { contexts, currentContext } = await readConfig(env);
    const shown = Object.entries(contexts).map(([name, { server, user, token }]) => [
      name,
      {
        ...(server === undefined ? {} : { server }),
        ...(user === undefined ? {} : { user }),
        ...(token === undefined ? {} : { token: '(hidden)' }),
      },
    ]);
    const file = { 'current-context': currentContext, contexts: Object.fromEntries(shown) };
    await printAnswer(context, output, {
      document: () => file,
      names: [currentContext],
      text: async () => {
        const { stringify } = await import('../../yaml.js');
        await note(`# ${configPath(env)}\n`);
        return stringify(file);
      },
    });
    return EXIT.ok;
  },
});
