/** Streams. */

import fc, { type Arbitrary } from 'fast-check';
import { callSets, type Case, cases, Item } from './case.js';
import { formats } from './headers.js';
import { bodies } from './json-bodies.js';

/** Streams from the service. */
const streamed: Arbitrary<Case> = cases(
  fc
    .record({
      n: fc.nat(3),
      failAfter: fc.nat(3),
      code: fc.constantFrom(0, 0, 3, 5, 16, 99),
      header: fc.nat(2),
      path: fc.constantFrom('stream', 'streamrb', 'download', 'downloadstream'),
      type: fc.constantFrom('', 'a/b', 'text/plain; charset=utf-8'),
      name: fc.constantFrom('x', 'fail'),
      headers: formats,
    })
    .map(({ n, failAfter, code, header, path, type, name, headers: given }) => ({
      method: 'GET',
      target: path.startsWith('download')
        ? `/v1/${path}?n=${n}&content_type=${encodeURIComponent(type)}&name=${name}`
        : `/v1/${path}/${n}?fail_after=${failAfter}&code=${code}&header=${header}`,
      headers: given,
    })),
  callSets,
);

/** Streams to the service. */
const streaming: Arbitrary<Case> = cases(
  fc.record({
    method: fc.constant('POST'),
    target: fc.constantFrom('/v1/cstream', '/v1/bidi'),
    headers: formats,
    body: fc
      .tuple(fc.array(bodies(Item), { maxLength: 4 }), fc.constantFrom('', '\n', ' ', ','))
      .map(([items, between]) => items.join(between)),
  }),
  callSets,
);

/** Streams, in both directions. */
export const streams = { streamed, streaming };
