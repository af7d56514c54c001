import { defineCommand } from '../../command.js';
import { readConfig } from '../../config.js';
import { EXIT } from '../../exit-codes.js';
import { isStructured, type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printDocument } from '../../output/structured.js';
import { type Column, formatTable } from '../../output/table.js';

const COLUMNS: readonly Column[] = [
  { heading: 'CURRENT' },
  { heading: 'NAME' },
  { heading: 'SERVER', shrinkTo: 16 },
  { heading: 'USER', shrinkTo: 8 },
  { heading: 'TOKEN', dropRank: 1 },
];

/** `config get-contexts`: all contexts; of tokens only whether there is one. */
export const getContexts = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'get-contexts',
  summary: 'List the contexts',
  build: (yargs) => withOutput(yargs, READ_FORMATS),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const { env, io, note } = context;
    const { contexts, currentContext } = await readConfig(env);
    const known = Object.entries(contexts).map(([name, { server = '', user = '', token }]) => ({
      name,
      current: name === currentContext,
      server,
      user,
      token: token !== undefined,
    }));
    if (isStructured(output)) await printDocument(io, output, known);
    else if (output === 'name') await io.out(known.map(({ name }) => `${name}\n`).join(''));
    else if (known.length === 0)
      await note('No contexts. Add one with: k8s-cli config set-context NAME --server URL\n');
    else {
      const rows = known.map(({ name, current, server, user, token }) => [
        current ? '*' : '',
        name,
        server || '-',
        user || '-',
        token ? 'yes' : '-',
      ]);
      await io.out(formatTable(COLUMNS, rows, context.layout(output === 'wide')));
    }
    return EXIT.ok;
  },
});
