import { createHash } from 'node:crypto';

const perNetwork = 254 * 250;
const maxKept = 10_000;

/**
 * Gives each pod a loopback address of its own. The network is derived from the data directory, so that several
 * clusters on one machine hardly ever meet; the addresses of ended pods are used again as late as possible.
 */
export class AddressPool {
  readonly #network: string;
  #next: number;
  /** Addresses that were told before their pods were there. */
  readonly #kept = new Map<string, string>();

  constructor(dataDir: string) {
    const hash = createHash('sha256').update(dataDir).digest();
    // 127.0.x.y is where people's own programs and resolvers listen.
    this.#network = `127.${16 + (hash.readUInt16BE(0) % 224)}`;
    this.#next = hash.readUInt16BE(2) % perNetwork;
  }

  /** An address that is not in use; the one that was kept for this name, if there is one. Throws when all are in use. */
  take(inUse: ReadonlySet<string>, name?: string): string {
    const kept = name === undefined ? undefined : this.#kept.get(name);
    if (name !== undefined) this.#kept.delete(name);
    return kept !== undefined && !inUse.has(kept) ? kept : this.#free(inUse);
  }

  /** The address that the next pod of this name will take. */
  keepFor(name: string, inUse: ReadonlySet<string>): string {
    const address = this.#kept.get(name) ?? this.#free(inUse);
    this.#kept.set(name, address);
    // Of pods that never came: the oldest is forgotten first.
    if (this.#kept.size > maxKept) for (const oldest of [...this.#kept.keys()].slice(0, 1)) this.#kept.delete(oldest);
    return address;
  }

  #free(inUse: ReadonlySet<string>): string {
    // Only Linux answers on the whole of 127.0.0.0/8.
    if (process.platform !== 'linux') return '127.0.0.1';
    const kept = new Set(this.#kept.values());
    for (let attempt = 0; attempt < perNetwork; attempt += 1) {
      const number = this.#next;
      this.#next = (this.#next + 1) % perNetwork;
      const address = `${this.#network}.${1 + Math.floor(number / 254)}.${1 + (number % 254)}`;
      if (!inUse.has(address) && !kept.has(address)) return address;
    }
    throw new Error(`all ${perNetwork} pod addresses are in use`);
  }
}
