import type { LogPrinter } from './log-printer.js';

/** Makes a printer that names the nodes which have lines, one a line, each when its first one comes. */
export function createNodeNamePrinter(write: (names: string) => Promise<void>): LogPrinter {
  const named = new Set<number>();
  return {
    entries: async (entries) => {
      const found = [...new Set(entries.map(({ node }) => node))].filter((node) => !named.has(node));
      for (const node of found) named.add(node);
      if (found.length > 0) await write(found.map((node) => `node-${node}\n`).join(''));
    },
    breakLine: () => Promise.resolve(),
    flush: () => Promise.resolve(),
  };
}
