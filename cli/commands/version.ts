import { defineCommand } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../options.js';
import { printAnswer } from '../output/answer.js';
import { formatFields } from '../output/table.js';
import { packageVersion } from '../version.js';

/** `version`: of this program and of the server. */
export const version = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'version',
  summary: 'Show the versions of client and server',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, {
      json: 'client and server',
      name: 'the version of the client, then that of the server',
    }).epilogue('It starts no server. Without one the exit code is that of the failure.'),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
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
    const fields = [
      ['Client', `${client.version} (Node ${client.node})`],
      ['Server', server === null ? '' : `${server.version} at ${url}`],
    ] as const;
    await printAnswer(context, output, {
      document: () => ({ client, server }),
      names: [client, ...(server === null ? [] : [server])].map((one) => one.version),
      text: (layout) => formatFields(fields, layout),
    });
    if (answer.found === undefined) throw answer.error;
    return EXIT.ok;
  },
});
