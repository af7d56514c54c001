import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { formatTable } from '../../output/table.js';

/** `task schema`: the JSON Schema of task files, for editors. */
export const schema = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'schema',
  summary: 'Print the JSON Schema of task files, for editors',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, {
      json: 'the schema, as without -o',
      name: 'the fields of a task',
      wide: 'a table of the fields of a task',
    }).example('$0 task schema >task.schema.json', 'then: # yaml-language-server: $schema=task.schema.json'),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const { taskSchema } = await import('../../../taskfile/schema.js');
    const document = taskSchema();
    const fields = Object.entries(document.properties);
    const rows = fields.map(([name, { description }]) => [name, String(description)]);
    await printAnswer(context, output, {
      document: () => document,
      names: fields.map(([name]) => name),
      text: (layout, wide) =>
        wide
          ? formatTable([{ heading: 'FIELD' }, { heading: 'MEANING' }], rows, layout)
          : `${JSON.stringify(document, null, 2)}\n`,
    });
    return EXIT.ok;
  },
});
