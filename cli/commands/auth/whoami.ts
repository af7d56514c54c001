import { configPath, type Env } from '../../config.js';
import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { formatFields } from '../../output/table.js';
import type { Origin } from '../../settings.js';

/** `auth whoami`: the name on stdout, where it comes from on stderr. */
export const whoami = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'whoami',
  summary: 'Show who you are',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, {
      json: 'user, where that comes from, and server',
      name: 'the name',
      wide: 'all of it on stdout',
    }),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const { user, userOrigin, server } = await context.settings();
    const origin = ORIGIN_WORDS[userOrigin](context.env);
    const fields = [
      ['User', user],
      ['Origin', origin],
      ['Server', server],
    ] as const;
    await printAnswer(context, output, {
      document: () => ({ user, origin: userOrigin, server }),
      names: [user],
      text: (layout, wide) => (wide ? formatFields(fields, layout) : `${user}\n`),
    });
    if (output === 'text') await context.note(`(${origin}; the server is ${server})\n`);
    return EXIT.ok;
  },
});

const ORIGIN_WORDS: Readonly<Record<Origin, (env: Env) => string>> = {
  flag: () => 'from --user',
  environment: () => 'from K8S_CLI_USER',
  config: (env) => `from ${configPath(env)}`,
  default: () => 'your user name here; k8s-cli auth login NAME chooses another',
};
