/** The sets of options under which the conformance service is served, each on a port of its own. */

import { type BridgeOptions, jsonMarshaler, protobufMarshaler } from '../../bridge/bridge.js';
import type { MarshalOptions } from '../../bridge/marshaler.js';
import { legacyHeaderMatcher } from '../../bridge/request/metadata.js';

/** What differs from set to set. */
export type OptionSet = Omit<BridgeOptions, 'services' | 'types'>;

const lenient: MarshalOptions = { discardUnknown: true };

/** In the order of the ports. */
export const optionSets: readonly OptionSet[] = [
  {},
  { marshal: lenient },
  { marshal: { emitUnpopulated: true, useProtoNames: true, useEnumNumbers: true, discardUnknown: true } },
  { marshal: lenient, unescapingMode: 'all-except-reserved' },
  { marshal: lenient, unescapingMode: 'all-except-slash' },
  { marshal: lenient, unescapingMode: 'all-characters' },
  { incomingHeader: legacyHeaderMatcher },
  {}, // where Go dispatches in-process; the bridge always does
  {
    marshalers: {
      'text/event-stream': jsonMarshaler({
        contentType: 'text/event-stream',
        prefix: 'data: ',
        delimiter: '\n\n',
        marshal: {},
      }),
      'application/octet-stream': protobufMarshaler,
      'application/x-protobuf': protobufMarshaler,
    },
  },
  { marshal: {} },
  { marshal: lenient, strictDeepWildcard: true },
];

/** Which of them Go dispatches in-process. */
export const IN_PROCESS = 7;
