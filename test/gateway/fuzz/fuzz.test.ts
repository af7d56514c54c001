/**
 * Generated requests to the bridge and to the real grpc-gateway: both have to answer the same.
 *
 *   K8S_CLI_GATEWAY_ORACLE   the gateway's program; without it nothing is tested
 *   K8S_CLI_FUZZ_RUNS        requests of each sort
 *   K8S_CLI_FUZZ_SEED        a number, to repeat a run or to make another one
 */

import fc from 'fast-check';
import { comparable } from '../comparable.js';
import { send } from '../raw-client.js';
import { ATTEMPTS, bothSides, numRuns, seed } from '../sides.js';
import { calls } from './calls.js';
import type { Case } from './case.js';
import { posts } from './posts.js';
import { streams } from './streams.js';

describe(`the bridge and the real grpc-gateway, ${numRuns} generated requests of each sort, seed ${seed}`, () => {
  const { bridge, oracle } = bothSides();

  /** Sends a request to both. Throws an Error that shows both answers when they differ. */
  async function compare({ set, request }: Case): Promise<void> {
    const ask = async (port: number): Promise<string> => {
      const answer = comparable(await send(port, request));
      // Go's server sends a body to HEAD where it does not understand the request.
      return JSON.stringify(request.method === 'HEAD' ? { ...answer, body: [] } : answer);
    };
    const ours = await ask(bridge(set));
    let theirs = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      theirs = await ask(oracle(set));
      if (ours === theirs) return;
    }
    throw new Error(`the bridge:  ${ours}\nthe gateway: ${theirs}`);
  }

  for (const [name, cases] of Object.entries({ ...calls, ...posts, ...streams })) {
    it(`answer alike: ${name}`, async function () {
      this.timeout(0);
      await fc.assert(fc.asyncProperty(cases, compare), { numRuns, seed });
    });
  }
});
