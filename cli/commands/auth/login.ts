import { type ConfigFile, readConfig, writeConfig, configPath } from '../../config.js';
import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { positional, textOption } from '../../options.js';
import { checkUser } from '../../../client/identity.js';
import { checkContext, sameServer } from '../../settings.js';
import { parseServerUrl } from '../../../client/server-url.js';

interface LoginOptions {
  readonly name: string;
  readonly server: string | undefined;
}

/** `auth login NAME`: remembers who the user is at the server that is meant, and with --server also that it is the one. */
export const login = defineCommand<LoginOptions>({
  usage: 'login <name>',
  summary: 'Say who you are; with --server also which server is yours',
  build: (yargs) => yargs.positional('name', { type: 'string', describe: 'your user name' }),
  parse: (args) => {
    const server = textOption(args, 'server');
    if (server !== undefined) parseServerUrl(server);
    return { name: checkUser(positional(args, 'name')), server };
  },
  run: async ({ env, io, note, flags }, { name, server }) => {
    const config = await readConfig(env);
    if (server === undefined && flags.context !== undefined) checkContext(config, flags.context);
    const at = server ?? (flags.context === undefined ? env['K8S_CLI_API_URL'] || undefined : undefined);
    if (at !== undefined) parseServerUrl(at);
    const context = at === undefined ? (flags.context ?? config.currentContext) : contextFor(config, at, server === at);
    const entry = { ...config.contexts[context], user: name, ...(at === undefined ? {} : { server: at }) };
    const currentContext = server === undefined ? config.currentContext : context;
    await writeConfig(env, { currentContext, contexts: { ...config.contexts, [context]: entry } });
    await io.out(`Logged in as ${name}${at === undefined ? '' : ` at ${at}`}\n`);
    if (env['K8S_CLI_USER'] && env['K8S_CLI_USER'] !== name) {
      await note(`k8s-cli: K8S_CLI_USER is set to ${env['K8S_CLI_USER']} and wins over ${configPath(env)}\n`);
    }
    return EXIT.ok;
  },
});

/**
 * The context that a server has, or is to have: one of its own, so that who the user is elsewhere stays as it is. `used`: it is the
 * server from then on, which the current context has if it has none yet.
 */
function contextFor({ contexts, currentContext }: ConfigFile, server: string, used: boolean): string {
  const current = contexts[currentContext];
  if ((used && current?.server === undefined) || sameServer(current?.server, server)) return currentContext;
  const known = Object.keys(contexts).find((name) => sameServer(contexts[name]?.server, server));
  return known ?? new URL(server).host.replaceAll(':', '-');
}
