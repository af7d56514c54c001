import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { printDocument } from '../../output/structured.js';

/** `task schema`: the JSON Schema of task files, for editors. */
export const schema = defineCommand<undefined>({
  usage: 'schema',
  summary: 'Print the JSON Schema of task files, for editors',
  build: (yargs) =>
    yargs.example('$0 task schema >task.schema.json', 'then: # yaml-language-server: $schema=task.schema.json'),
  parse: () => undefined,
  run: async ({ io }) => {
    const { taskSchema } = await import('../../../taskfile/schema.js');
    await printDocument(io, 'json', taskSchema());
    return EXIT.ok;
  },
});
