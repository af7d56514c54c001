import { defineCommand } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { DOCUMENT_FORMATS, isStructured, type OutputFormat, outputOption, withOutput } from '../options.js';
import { printDocument } from '../output/structured.js';
import { formatFields } from '../output/table.js';
import { packageVersion } from '../version.js';

/** `version`: of this program and of the server. */
export const version = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'version',
  summary: 'Show the versions of client and server',
  build: (yargs) =>
    withOutput(yargs, DOCUMENT_FORMATS).epilogue(
      'It starts no server. Without one the exit code is that of the failure.',
    ),
  parse: (args) => ({ output: outputOption(args, DOCUMENT_FORMATS) }),
  run: async (context, { output }) => {
    const client = { version: packageVersion(), node: process.version };
    const { server: url } = await context.settings();
    const ask = async (): Promise<string> => {
      const connected = await context.connect();
      return (await connected.getServiceInfo({ signal: context.signal })).version;
    };
    const answer = await ask().then(
      (found) => ({ found, error: undefined }),
      (error: unknown) => ({ found: undefined, error }),
    );
    const server = answer.found === undefined ? null : { version: answer.found, url };
    if (isStructured(output)) await printDocument(context.io, output, { client, server });
    else {
      const fields = [
        ['Client', `${client.version} (Node ${client.node})`],
        ['Server', server === null ? '' : `${server.version} at ${url}`],
      ] as const;
      await context.io.out(formatFields(fields, context.layout(false)));
    }
    if (answer.found === undefined) throw answer.error;
    return EXIT.ok;
  },
});
