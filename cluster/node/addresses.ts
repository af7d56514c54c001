import { createHash } from 'node:crypto';

const perNetwork = 254 * 250;

/**
 * Gives each pod a loopback address of its own. The network is derived from the data directory, so that several
 * clusters on one machine hardly ever meet; the addresses of ended pods are used again as late as possible.
 */
export class AddressPool {
  readonly #network: string;
  #next: number;

  constructor(dataDir: string) {
    const hash = createHash('sha256').update(dataDir).digest();
    // 127.0.x.y is where people's own programs and resolvers listen.
    this.#network = `127.${16 + (hash.readUInt16BE(0) % 224)}`;
    this.#next = hash.readUInt16BE(2) % perNetwork;
  }

  /** An address that is not in use; throws when all are. */
  take(inUse: ReadonlySet<string>): string {
    // Only Linux answers on the whole of 127.0.0.0/8.
    if (process.platform !== 'linux') return '127.0.0.1';
    for (let attempt = 0; attempt < perNetwork; attempt += 1) {
      const number = this.#next;
      this.#next = (this.#next + 1) % perNetwork;
      const address = `${this.#network}.${1 + Math.floor(number / 254)}.${1 + (number % 254)}`;
      if (!inUse.has(address)) return address;
    }
    throw new Error(`all ${perNetwork} pod addresses are in use`);
  }
}
