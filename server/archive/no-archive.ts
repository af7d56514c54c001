/** Where the operator wants no logs kept: they go with their pods. */

import type { LogArchive } from '../domain/ports.js';

/** Keeps nothing. */
export const NO_ARCHIVE: LogArchive = {
  pods: async () => [],
  read: async function* () {},
  beginning: async () => undefined,
  settled: async () => {},
  hold: async () => {},
  keep: async () => {},
};
