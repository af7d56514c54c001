import { configPath, type Env } from '../../config.js';
import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { DOCUMENT_FORMATS, isStructured, type OutputFormat, outputOption, withOutput } from '../../options.js';
import { printDocument } from '../../output/structured.js';
import type { Origin } from '../../settings.js';

/** `auth whoami`: the name on stdout, where it comes from on stderr. */
export const whoami = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'whoami',
  summary: 'Show who you are',
  build: (yargs) => withOutput(yargs, DOCUMENT_FORMATS),
  parse: (args) => ({ output: outputOption(args, DOCUMENT_FORMATS) }),
  run: async ({ env, io, note, settings }, { output }) => {
    const { user, userOrigin, server } = await settings();
    if (isStructured(output)) {
      await printDocument(io, output, { user, origin: userOrigin, server });
      return EXIT.ok;
    }
    await io.out(`${user}\n`);
    await note(`(${ORIGIN_WORDS[userOrigin](env)}; the server is ${server})\n`);
    return EXIT.ok;
  },
});

const ORIGIN_WORDS: Readonly<Record<Origin, (env: Env) => string>> = {
  flag: () => 'from --user',
  environment: () => 'from K8S_CLI_USER',
  config: (env) => `from ${configPath(env)}`,
  default: () => 'your user name here; k8s-cli auth login NAME chooses another',
};
