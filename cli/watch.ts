import { setTimeout as delay } from 'node:timers/promises';
import type { Argv } from 'yargs';
import { isLostConnection } from '../client/retry.js';
import type { CommandContext } from './context.js';
import { isStructured, type OutputFormat } from './options.js';
import { createLossTeller, type LossTeller } from './output/lost-connection.js';
import { createScreen, type Screen } from './output/screen.js';
import { printMessage } from './output/structured.js';

/** How often a list is asked for anew, in milliseconds. */
const LIST_EVERY_MS = 2000;
/** How often a terminal is drawn anew when nothing changes: ages grow. */
const REDRAW_MS = 1000;

/** Adds `--watch`. */
export function withWatch(yargs: Argv): Argv {
  return yargs.option('watch', { alias: 'w', type: 'boolean', describe: 'go on and show what changes, until Ctrl+C' });
}

/** A list that is watched. */
export interface WatchedList<Item extends object> {
  /** Name of the items' message in the protos. */
  readonly typeName: string;
  /** The items as they are. `drawn`: they are drawn on a terminal, where nothing may be written in between. */
  readonly fetch: (drawn: boolean) => Promise<readonly Item[]>;
  readonly idOf: (item: Item) => string;
  readonly table: (items: readonly Item[], heading: boolean) => string;
}

/**
 * Shows a list until Ctrl+C: on a terminal as one table that is drawn anew, elsewhere each item when it is new or has
 * changed, over lost connections and outages of the cluster too. Throws a ClientError when the list cannot be had for
 * another reason, and for Ctrl+C.
 */
export async function watchList<Item extends object>(
  context: CommandContext,
  output: OutputFormat,
  list: WatchedList<Item>,
): Promise<never> {
  const { io } = context;
  context.scene.endless = true;
  if (io.outIsTerminal && (output === 'text' || output === 'wide')) {
    /** What stands above the table while the server is away. */
    let away = '';
    let items = await list.fetch(true);
    await onScreen(
      context,
      () => away + list.table(items, true),
      async (screen) => {
        const draw = (line: string): Promise<void> => {
          away = line;
          return screen.refresh();
        };
        const loss = createLossTeller({ ...context, note: draw });
        for (;;) {
          items = await nextItems(context, () => list.fetch(true), loss);
          await draw('');
        }
      },
    );
  }
  let seen = new Map<string, string>();
  const { toRestJson } = await import('../client/rest-json.js');
  const loss = createLossTeller(context);
  const fetch = (): Promise<readonly Item[]> => list.fetch(false);
  for (let items = await fetch(), first = true; ; items = await nextItems(context, fetch, loss), first = false) {
    const before = seen;
    // Made anew each time: what is no longer listed is not to be kept.
    seen = new Map(items.map((item) => [list.idOf(item), JSON.stringify(toRestJson(list.typeName, item))]));
    const changed = items.filter((item) => before.get(list.idOf(item)) !== seen.get(list.idOf(item)));
    if (isStructured(output)) {
      for (const item of changed) await printMessage(io, output, list.typeName, item, { compact: true });
    } else if (output === 'name') await io.out(changed.map((item) => `${list.idOf(item)}\n`).join(''));
    else if (changed.length > 0 || first) await io.out(list.table(changed, first));
  }
}

/** What is listed after a while: as soon as there is a connection, where that is lost. */
async function nextItems<Items>(
  { signal }: CommandContext,
  fetch: () => Promise<Items>,
  loss: LossTeller,
): Promise<Items> {
  for (;;) {
    await delay(LIST_EVERY_MS, undefined, { signal });
    try {
      const items = await fetch();
      loss.heard();
      return items;
    } catch (error) {
      if (signal.aborted || !isLostConnection(error)) throw error;
      // A login that has expired does not come back by itself.
      if (error.reason === 'CLUSTER_UNAUTHENTICATED') throw error;
      await loss.lost(error);
    }
  }
}

/** A text on the terminal that can be drawn anew. */
export interface Refreshable {
  refresh(): Promise<void>;
}

/** Draws a text while `work` goes on, anew whenever it says so, every second, and when the terminal has changed. */
export async function onScreen<Result>(
  { io }: CommandContext,
  text: () => string,
  work: (screen: Refreshable) => Promise<Result>,
): Promise<Result> {
  let failed: unknown;
  const refresh = (): Promise<void> => screen.draw(text());
  const inBackground = (): void => {
    refresh().catch((error: unknown) => (failed ??= error));
  };
  const screen: Screen = createScreen(io, inBackground);
  await refresh();
  const timer = setInterval(inBackground, REDRAW_MS);
  try {
    return await work({
      refresh: async () => {
        if (failed !== undefined) throw failed;
        await refresh();
      },
    });
  } finally {
    clearInterval(timer);
    screen.end();
  }
}
