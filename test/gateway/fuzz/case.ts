/** What all sorts of generated requests have in common. */

import fc, { type Arbitrary } from 'fast-check';
import { Schema } from '../../../bridge/schema.js';
import { protoMetadata } from '../../../gen/gwconf/v1/conformance.js';
import { IN_PROCESS, optionSets } from '../option-sets.js';
import type { RawRequest } from '../raw-client.js';

/** A request, and which set of options it is sent to. */
export interface Case {
  readonly set: number;
  readonly request: RawRequest;
}

const schema = new Schema([protoMetadata]);
/** The message that most methods take and answer. */
export const All = schema.message('gwconf.v1.All');
/** What streams are made of. */
export const Item = schema.message('gwconf.v1.Item');

const sets = fc.nat(optionSets.length - 1);
/** Where Go calls in the same process it refuses streams. */
export const callSets = sets.filter((set) => set !== IN_PROCESS);
/** Sets that write JSON only: in other bodies maps and oneofs stand where Go puts them. */
export const jsonSets = sets.filter((set) => !optionSets[set]?.marshalers);

/** Requests, each to one of the sets. */
export function cases(request: Arbitrary<RawRequest>, from: Arbitrary<number> = sets): Arbitrary<Case> {
  // Go's calls in the same process reach the handler with bytes that are no UTF-8; others do not, and neither do ours.
  return fc.record({ set: from, request }).filter((one) => one.set !== IN_PROCESS || isUtf8(one.request));
}

function isUtf8({ target, body }: RawRequest): boolean {
  try {
    return [target, String(body ?? '')].every((text) => decodeURIComponent(text.replaceAll('%zz', '')) !== undefined);
  } catch {
    return false;
  }
}

/** A target of a path and parameters that may be none. */
export function withQuery(path: string, parameters: string): string {
  return parameters === '' ? path : `${path}?${parameters}`;
}
