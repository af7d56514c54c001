import { readFile } from 'node:fs/promises';
import { checkUser } from '../../../client/identity.js';
import { parseServerUrl } from '../../../client/server-url.js';
import { defineCommand } from '../../command.js';
import { checkToken, loggedInBefore, readConfig, reasonOf, writeConfig } from '../../config.js';
import { usageError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { positional, textOption } from '../../options.js';

interface SetContextOptions {
  readonly name: string;
  readonly server: string | undefined;
  readonly user: string | undefined;
  readonly tokenFile: string | undefined;
}

/** `config set-context NAME`: adds a context, or changes what is given of one. */
export const setContext = defineCommand<SetContextOptions>({
  usage: 'set-context <name>',
  summary: 'Add a server under a name, or change what is known of it',
  build: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'name of the context' })
      .option('token-file', {
        type: 'string',
        requiresArg: true,
        describe: 'file with the token that the server wants',
      })
      .example(
        '$0 config set-context prod --server https://tasks.example --user ada',
        'a server, and who you are there',
      )
      .epilogue(
        'Of a context that is there already only what is given is changed. The first one is used from then on.',
      ),
  parse: (args) => {
    const name = positional(args, 'name');
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw usageError(
        `${JSON.stringify(name)} is no name of a context: use up to 64 letters, digits, ".", "_" and "-"`,
      );
    }
    const server = textOption(args, 'server');
    const user = textOption(args, 'user');
    if (server !== undefined) parseServerUrl(server);
    if (user !== undefined) checkUser(user);
    return { name, server, user, tokenFile: textOption(args, 'token-file') };
  },
  run: async ({ env, io, note }, { name, server, user, tokenFile }) => {
    const token = tokenFile === undefined ? undefined : checkToken(await readToken(tokenFile), tokenFile);
    const config = await readConfig(env);
    const known = config.contexts[name];
    const given = Object.entries({ server, user, token }).filter(([, value]) => value !== undefined);
    const before = server === undefined ? { ...config, user: undefined } : loggedInBefore(config);
    const first = Object.keys(before.contexts).length === 0;
    const entry = { ...(known ?? (first ? { user: before.user } : {})), ...Object.fromEntries(given) };
    const contexts = { ...(first ? {} : config.contexts), [name]: entry };
    await writeConfig(env, { currentContext: first ? name : config.currentContext, contexts });
    await io.out(`Context ${name} ${known ? 'changed' : 'added'}${first ? '; it is used from now on' : ''}\n`);
    if (!first && name !== config.currentContext) await note(`To use it: k8s-cli config use-context ${name}\n`);
    return EXIT.ok;
  },
});

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw usageError(`${file}: cannot be read: ${reasonOf(error)}`);
  }
}
