import { configPath, type Env } from '../../config.js';
import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import type { Origin } from '../../settings.js';

/** `auth whoami`: the name on stdout, where it comes from on stderr. */
export const whoami = defineCommand<Record<string, never>>({
  usage: 'whoami',
  summary: 'Show who you are',
  build: (yargs) => yargs,
  parse: () => ({}),
  run: async ({ env, io, settings }) => {
    const { user, userOrigin, server } = await settings();
    await io.out(`${user}\n`);
    await io.err(`(${ORIGIN_WORDS[userOrigin](env)}; the server is ${server})\n`);
    return EXIT.ok;
  },
});

const ORIGIN_WORDS: Readonly<Record<Origin, (env: Env) => string>> = {
  flag: () => 'from --user',
  environment: () => 'from K8S_CLI_USER',
  config: (env) => `from ${configPath(env)}`,
  default: () => 'your user name here; k8s-cli auth login NAME chooses another',
};
