/** Streams. */

import fc, { type Arbitrary } from 'fast-check';
import { callSets, type Case, cases, Item } from './case.js';
import { formats, type Headers } from './headers.js';
import { bodies } from './json-bodies.js';

/** Whose time is up before anything was called. */
const EXPIRED: Headers = [['Grpc-Timeout', '1n']];

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
      expired: fc.oneof({ weight: 7, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constant(EXPIRED) }),
    })
    .map(({ n, failAfter, code, header, path, type, name, headers: given, expired }) => ({
      method: 'GET',
      target: path.startsWith('download')
        ? `/v1/${path}?n=${n}&content_type=${encodeURIComponent(type)}&name=${name}`
        : `/v1/${path}/${n}?fail_after=${failAfter}&code=${code}&header=${header}`,
      headers: [...given, ...expired],
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
