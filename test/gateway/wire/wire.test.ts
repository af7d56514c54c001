/**
 * Bytes to the bridge and to the real grpc-gateway, each with its HTTP server: what comes back has to be the same, byte for byte
 * but for lengths, dates and the white space of JSON, and so has the fate of the connection.
 *
 *   K8S_CLI_GATEWAY_ORACLE   the gateway's program; without it nothing is sent
 *   K8S_CLI_FUZZ_RUNS        generated conversations of each sort
 *   K8S_CLI_FUZZ_SEED        a number, to repeat a run or to make another one
 */

import fc from 'fast-check';
import { ATTEMPTS, bothSides, numRuns, seed } from '../sides.js';
import { allCases, wholeCases } from './cases/all.js';
import { LAST } from './cases/case.js';
import { converse, FIN, type Step } from './conversation.js';
import { conversations } from './generated/conversations.js';
import { transcript } from './transcript.js';

/** What is longer than this is not sent byte by byte. */
const SHORT = 3000;
/** More steps than these are not shown one by one. */
const MANY = 20;

describe('the bridge and the real grpc-gateway, byte for byte', function () {
  this.timeout(0);
  const { bridge, oracle } = bothSides();

  /** Throws an Error that shows what was sent and both sides' answers when they differ. */
  async function compare(sent: readonly Step[], toBridge = sent): Promise<void> {
    const ours = transcript(await converse(bridge(0), toBridge));
    let theirs = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      theirs = transcript(await converse(oracle(0), sent));
      if (ours === theirs) return;
    }
    throw new Error(`sent: ${shown(toBridge)}\n\nthe bridge:\n${ours}\n\nthe gateway:\n${theirs}`);
  }

  for (const [group, cases] of Object.entries({ ...allCases, ...wholeCases })) {
    describe(group, () => {
      for (const [name, steps] of Object.entries(cases)) {
        const sent = steps.at(-1) === FIN ? steps : [...steps, LAST];
        it(`answer alike: ${name}`, () => compare(sent));
        if (group in allCases)
          it(`answer alike, sent byte by byte: ${name}`, () => compare(sent, sent.flatMap(bytewise)));
      }
    });
  }

  for (const [name, arbitrary] of Object.entries(conversations)) {
    it(`answer alike: ${name}, ${numRuns} generated conversations, seed ${seed}`, () =>
      fc.assert(
        fc.asyncProperty(arbitrary, (steps) => compare(steps)),
        { numRuns, seed },
      ));
  }
});

function bytewise(step: Step): readonly Step[] {
  return typeof step === 'string' && step.length < SHORT ? step.split('') : [step];
}

function shown(steps: readonly Step[]): string {
  const whole = steps.filter((step) => typeof step === 'string').join('');
  if (steps.length > MANY) return `${JSON.stringify(whole)}, in ${steps.length} steps`;
  return steps.map((step) => (typeof step === 'string' ? JSON.stringify(step) : String(step))).join('\n      ');
}
