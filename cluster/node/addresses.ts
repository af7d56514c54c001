import { createHash, randomInt } from 'node:crypto';

/**
 * A loopback address for a pod that no other has. The network is derived from the data directory, so that several clusters
 * on one machine hardly ever meet; which address of it is left to chance, so that those of ended pods hardly come again.
 */
export function freeAddress(dataDir: string, inUse: ReadonlySet<string>): string {
  // Only Linux answers on the whole of 127.0.0.0/8.
  if (process.platform !== 'linux') return '127.0.0.1';
  const [first = 0, second = 0] = createHash('sha256').update(dataDir).digest();
  // 127.0.x.y is where people's own programs and resolvers listen.
  const network = `127.${16 + (((first << 8) | second) % 224)}`;
  for (;;) {
    const address = `${network}.${randomInt(1, 251)}.${randomInt(1, 255)}`;
    if (!inUse.has(address)) return address;
  }
}
