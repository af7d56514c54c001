import type { ClientError } from '../../client/index.js';
import type { Reconnect } from '../../client/follow-logs.js';
import type { CommandContext } from '../context.js';
import { printable } from './table.js';

/** Tells of a server that cannot be heard while it is tried again. */
export interface LossTeller {
  /** The connection is lost, or could not be made again, or the server cannot do it without its cluster. */
  lost(error: ClientError): Promise<void>;
  /** The server was heard. */
  heard(): void;
  /** Tells of one of the streams that are followed at the same time, of all of them as of one. */
  stream(): StreamLoss;
}

/** Tells of a stream that was lost. */
export interface StreamLoss {
  /** To be told before each try to open it again. The first one mostly works: proxies end streams that are quiet for a while. */
  readonly onReconnect: (reconnect: Reconnect) => Promise<void>;
  /** It brought something. */
  readonly heard: () => void;
}

/** What can be told of a server: it cannot be reached, it is the local one and has ended, or it answers that its cluster is away. */
type Kind = 'lost' | 'ended' | 'cluster';

/**
 * Makes a teller: of each loss it is told once, and once more that the local server has ended, which does not come back by itself, or that
 * the server is there, but not its cluster.
 */
export function createLossTeller({
  note,
  env,
  settings,
}: Pick<CommandContext, 'note' | 'env' | 'settings'>): LossTeller {
  /** What was told last; undefined when the server was heard since. */
  let told: Kind | undefined;
  /** The streams that are lost and were not heard since. */
  const away = new Set<StreamLoss>();
  const teller: LossTeller = {
    lost: async (error) => {
      const { localHasEnded } = await import('../local/context.js');
      const known = await settings();
      const kind = isOfCluster(error) ? 'cluster' : (await localHasEnded(env, known)) ? 'ended' : 'lost';
      // Until it takes calls, a local server that is started again is one that has ended.
      if (told === kind || (told === 'ended' && kind === 'lost')) return;
      told = kind;
      const why = printable(error.unreachable ?? error.message);
      const texts: Readonly<Record<Kind, string>> = {
        cluster: `${why}; trying again, Ctrl+C gives up`,
        ended: 'the local server has ended; start it with k8s-cli local start, and this goes on; Ctrl+C gives up',
        lost: `connection lost (${why}); going on as soon as the server at ${known.server} is back, Ctrl+C gives up`,
      };
      await note(`k8s-cli: ${texts[kind]}\n`);
    },
    heard: () => {
      told = undefined;
    },
    stream: () => {
      const stream: StreamLoss = {
        onReconnect: async ({ attempt, error }) => {
          // They are counted anew when it has brought something.
          if (attempt === 1) stream.heard();
          away.add(stream);
          if (attempt > 1) await teller.lost(error);
        },
        heard: () => {
          away.delete(stream);
          // What is still being opened may fail once more: that is no other loss.
          if (away.size === 0) teller.heard();
        },
      };
      return stream;
    },
  };
  return teller;
}

/** Whether the server answered, but could not do it because of its cluster. */
function isOfCluster({ reason }: ClientError): boolean {
  return reason?.startsWith('CLUSTER_') ?? false;
}
