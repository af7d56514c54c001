import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { textOption, wholeNumber } from '../../options.js';

/** `local start`: server and embedded cluster in the background, and the configuration set to them. */
export const start = defineCommand<{ readonly port: number | undefined }>({
  usage: 'start',
  summary: 'Start a server with a small cluster of its own on this machine',
  build: (yargs) =>
    yargs
      .option('port', {
        type: 'string',
        requiresArg: true,
        describe: 'port of the server (default: the one it had, at first 8000, or any free one)',
      })
      .epilogue(
        'It listens on loopback only and wants a token, which is put into the configuration as context "local".',
      ),
  parse: (args) => {
    const text = textOption(args, 'port');
    const port = text === undefined ? undefined : wholeNumber(text, '--port', 1, 65_535);
    return { port };
  },
  run: async ({ env, io, signal, note }, { port }) => {
    const { preferredPort, rememberLocal } = await import('../../local/context.js');
    const { startLocal } = await import('../../local/start.js');
    const options = { port: port ?? (await preferredPort(env)), otherwise: port === undefined };
    const local = await startLocal(env, options, signal);
    await rememberLocal(env, local, true);
    await io.out(`${local.started ? 'Started' : 'Running already'}: ${local.url}\n`);
    await note('The context "local" is used from now on. To stop: k8s-cli local stop\n');
    return EXIT.ok;
  },
});
