import { defineCommand } from '../command.js';
import { usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { exitCodesHelp } from '../exit-codes-help.js';
import { positional } from '../options.js';
import { nearest } from '../suggest.js';

/** Texts that belong to no single command. */
const TOPICS: Readonly<Record<string, (columns: number | undefined) => string>> = {
  'exit-codes': exitCodesHelp,
};

/** `help TOPIC`: what is true of several commands. `help COMMAND` is `COMMAND --help`, and parsed as such. */
export const help = defineCommand<{ readonly text: (columns: number | undefined) => string }>({
  usage: 'help <topic>',
  summary: `Explain a command, or a topic: ${Object.keys(TOPICS).join(', ')}`,
  build: (yargs) =>
    yargs.positional('topic', { type: 'string', describe: 'the topic, or a command: help jobs submit' }),
  parse: (args) => {
    const topic = positional(args, 'topic');
    const text = Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined;
    if (text !== undefined) return { text };
    const near = nearest(topic, Object.keys(TOPICS));
    throw usageError(
      `no help on ${JSON.stringify(topic)}; ${near ? `did you mean k8s-cli help ${near}?` : 'see k8s-cli --help'}`,
    );
  },
  run: async ({ io }, { text }) => {
    await io.out(`${text(io.columns)}\n`);
    return EXIT.ok;
  },
});
