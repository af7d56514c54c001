/** When V8 looks through the whole heap for garbage. */

import { setFlagsFromString } from 'node:v8';

/** Of the room that V8 gives to what lives long, in percent. */
const BEGIN_AT = 80;

/**
 * Has it begin when what lives long has grown. By itself it begins as soon as the young objects no longer fit beside the old ones, and
 * counts the buffers of answers, which are gone at once: with 10,000 tasks in memory and one reader of pages that was every two
 * seconds, for 100 ms of processor time each.
 */
export function collectWhenGrown(): void {
  setFlagsFromString(`--incremental-marking-soft-trigger=${BEGIN_AT}`);
}
