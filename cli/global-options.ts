import type { Argv } from 'yargs';

const GROUP = 'Options of every command:';

/** Adds the options that every command has, to be shown behind its own. */
export function withGlobalOptions(yargs: Argv): Argv {
  return yargs
    .option('server', {
      type: 'string',
      requiresArg: true,
      describe: 'URL of the server (K8S_CLI_API_URL, configuration, http://localhost:8000)',
    })
    .option('context', {
      type: 'string',
      requiresArg: true,
      describe: 'context of the configuration (config get-contexts)',
    })
    .option('user', { type: 'string', requiresArg: true, describe: 'act as this user (K8S_CLI_USER, auth login)' })
    .option('quiet', { alias: 'q', type: 'boolean', describe: 'nothing on stderr but errors' })
    .option('verbose', { type: 'boolean', describe: 'each call to the server and its status on stderr' })
    .option('color', {
      type: 'boolean',
      default: true,
      describe: 'colours on a terminal (--no-color, NO_COLOR: none)',
    })
    .group(['server', 'context', 'user', 'quiet', 'verbose', 'color', 'help', 'version'], GROUP);
}
