/** The bridge and the real grpc-gateway, side by side, for tests that send both the same. */

import { type Oracle, startOracle } from './oracle.js';
import { type ConformanceServers, serveConformance } from './server.js';

const program = process.env['K8S_CLI_GATEWAY_ORACLE'];

/** How many requests, or conversations, of each sort are generated. */
export const numRuns = Number(process.env['K8S_CLI_FUZZ_RUNS'] ?? 1000);
/** What they are generated from. */
export const seed = Number(process.env['K8S_CLI_FUZZ_SEED'] ?? 20_261_126);
/** Where Go's own answer is a matter of chance, one of so many of its answers has to be ours. */
export const ATTEMPTS = 40;

/** Ports of both sides; the index is that of a set of options. Known when the tests run. */
export interface Sides {
  readonly bridge: (set: number) => number;
  readonly oracle: (set: number) => number;
}

/** Starts both sides before the tests of a suite and ends them behind; without the gateway's program the tests are left out. */
export function bothSides(): Sides {
  let oracle: Oracle;
  let bridge: ConformanceServers;
  before(async function () {
    if (!program) {
      console.log('      K8S_CLI_GATEWAY_ORACLE names no program: not tested');
      this.skip();
    }
    [oracle, bridge] = await Promise.all([startOracle(program), serveConformance(() => 0)]);
  });
  after(async () => {
    await Promise.all([oracle?.close(), bridge?.close()]);
  });
  return { bridge: (set) => bridge.ports[set] ?? 0, oracle: (set) => oracle.ports[set] ?? 0 };
}
