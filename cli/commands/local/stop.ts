import { confirmed } from '../../confirm.js';
import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { flag, withYes } from '../../options.js';
import { unfinishedTasks } from '../../local/view.js';

/** `local stop`: server and cluster, with what runs there. Asks first on a terminal when something does. */
export const stop = defineCommand<{ readonly yes: boolean }>({
  usage: 'stop',
  summary: 'Stop the local server and cluster; tasks and volumes are kept, programs that run are ended',
  build: (yargs) => withYes(yargs),
  parse: (args) => ({ yes: flag(args, 'yes') }),
  run: async (context, { yes }) => {
    const { env, io, signal } = context;
    const count = yes ? 0 : await unfinishedTasks(context);
    if (!(await confirmed(context, yes || count === 0, () => question(count)))) return EXIT.failure;
    const { stopLocal } = await import('../../local/stop.js');
    const stopped = await stopLocal(env, signal);
    await io.out(stopped ? 'Stopped\n' : 'Nothing ran\n');
    return EXIT.ok;
  },
});

async function question(count: number): Promise<string> {
  return `${count} unfinished ${count === 1 ? 'task is' : 'tasks are'} there and will fail. Stop?`;
}
