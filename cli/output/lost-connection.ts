import type { ClientError } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { printable } from './table.js';

/** Tells of a server that cannot be heard while it is tried again. */
export interface LossTeller {
  /** The connection is lost, or could not be made again. */
  lost(error: ClientError): Promise<void>;
  /** The server was heard. */
  heard(): void;
}

/** Makes a teller: of each loss it is told once, and once more that the local server has ended, which does not come back by itself. */
export function createLossTeller({
  note,
  env,
  settings,
}: Pick<CommandContext, 'note' | 'env' | 'settings'>): LossTeller {
  /** Whether what was told is that the local server has ended; undefined when nothing was. */
  let told: boolean | undefined;
  return {
    lost: async (error) => {
      const { localHasEnded } = await import('../local/context.js');
      const known = await settings();
      const ended = await localHasEnded(env, known);
      if (told === true || told === ended) return;
      told = ended;
      const why = printable(error.unreachable ?? error.message);
      await note(
        ended
          ? 'k8s-cli: the local server has ended; start it with k8s-cli local start, and this goes on; Ctrl+C gives up\n'
          : `k8s-cli: connection lost (${why}); going on as soon as the server at ${known.server} is back, Ctrl+C gives up\n`,
      );
    },
    heard: () => {
      told = undefined;
    },
  };
}
