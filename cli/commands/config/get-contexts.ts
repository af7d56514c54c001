import { defineCommand } from '../../command.js';
import { readConfig } from '../../config.js';
import { EXIT } from '../../exit-codes.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { type Column, formatTable } from '../../output/table.js';
import { noteEnvironment } from './environment-note.js';

const COLUMNS: readonly Column[] = [
  { heading: 'CURRENT' },
  { heading: 'NAME' },
  { heading: 'SERVER', shrinkTo: 16 },
  { heading: 'USER', shrinkTo: 8 },
  { heading: 'TOKEN', dropRank: 1 },
];

/** A context as -o json has it. */
interface KnownContext {
  readonly name: string;
  readonly current: boolean;
  readonly server: string;
  readonly user: string;
  /** Whether there is one. */
  readonly token: boolean;
}

/** `config get-contexts`: all contexts; of tokens only whether there is one. */
export const getContexts = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'get-contexts',
  summary: 'List the contexts',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, { json: 'a list of the contexts', name: 'the names of the contexts' }),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const { env, note } = context;
    const { contexts, currentContext } = await readConfig(env);
    const known = Object.entries(contexts).map(
      ([name, { server = '', user = '', token }]): KnownContext => ({
        name,
        current: name === currentContext,
        server,
        user,
        token: token !== undefined,
      }),
    );
    await printAnswer(context, output, {
      document: () => known,
      names: known.map(({ name }) => name),
      text: async (layout) => {
        if (known.length > 0) return formatTable(COLUMNS, known.map(rowOf), layout);
        await note('No contexts. Add one with: k8s-cli config set-context NAME --server URL\n');
        return '';
      },
    });
    if (output === 'text' || output === 'wide') await noteEnvironment(context);
    return EXIT.ok;
  },
});

function rowOf({ name, current, server, user, token }: KnownContext): readonly string[] {
  return [current ? '*' : '', name, server || '-', user || '-', token ? 'yes' : '-'];
}
