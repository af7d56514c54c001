/** Requests by their path, query, form and headers. */

import fc, { type Arbitrary } from 'fast-check';
import { All, type Case, cases, jsonSets, withQuery } from './case.js';
import { formats, type Headers, headers } from './headers.js';
import { paths } from './paths.js';
import { queries } from './queries.js';

const query = queries(All);

const methods = fc.oneof(
  { weight: 8, arbitrary: fc.constant('GET') },
  { weight: 3, arbitrary: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'get', 'MADEUP') },
);

/** Paths, under right and wrong methods. */
const routed: Arbitrary<Case> = cases(
  fc.record({
    method: methods,
    target: fc.tuple(paths, fc.constantFrom('', '', 'name=q', 'i32=1')).map(([path, text]) => withQuery(path, text)),
  }),
);

/** Query parameters. */
const queried: Arbitrary<Case> = cases(
  fc
    .tuple(fc.constantFrom('GET /v1/query', 'DELETE /v1/query', 'GET /v1/one/n', 'GET /v1/np/a/5'), query)
    .map(([line, parameters]) => {
      const [method = '', path = ''] = line.split(' ');
      return { method, target: withQuery(path, parameters) };
    }),
);

/** Forms, with and without an override of the method. */
const formed: Arbitrary<Case> = cases(
  fc.record({
    method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'PATCH'),
    target: fc
      .tuple(
        fc.constantFrom(
          '/v1/query',
          '/v1/one/n',
          '/v1/body',
          '/v1/nobody/n',
          '/v1/patch/n',
          '/v1/bodys',
          '/v1/nope',
          '/v1/head/n',
        ),
        query,
      )
      .map(([path, text]) => withQuery(path, text)),
    headers: fc
      .tuple(
        fc.constantFrom(
          'application/x-www-form-urlencoded',
          'application/x-www-form-urlencoded; charset=utf-8',
          'APPLICATION/X-WWW-FORM-URLENCODED',
          'application/json',
          'multipart/form-data; boundary=x',
          'application/x-www-form-urlencoded; a="x;y"',
          'application/x-www-form-urlencoded; a',
          'x/y; a',
          '',
        ),
        fc.constantFrom('', '', 'GET', 'get', 'PUT', 'DELETE', 'PATCH', 'post', 'HEAD', 'nope'),
      )
      .map(
        ([type, override]): Headers =>
          override === ''
            ? [['Content-Type', type]]
            : [
                ['Content-Type', type],
                ['X-HTTP-Method-Override', override],
              ],
      ),
    body: query,
  }),
);

/** Headers, in both directions. */
const headed: Arbitrary<Case> = cases(
  fc.record({
    method: fc.constant('GET'),
    target: fc.constantFrom('/v1/headers', '/v1/headers', '/v1/one/n', '/v1/err/5?details=1&header=1', '/v1/nope'),
    headers,
  }),
  jsonSets,
);

/** Errors of the service. */
const failed: Arbitrary<Case> = cases(
  fc
    .record({
      code: fc.oneof(fc.integer({ min: 0, max: 18 }), fc.constant(99)),
      msg: fc.oneof(fc.constantFrom('', 'a<b>&', 'ä\n', 'x"y'), fc.string({ maxLength: 4 })),
      details: fc.nat(1),
      header: fc.nat(1),
      headers: formats,
    })
    .map(({ code, msg, details, header, headers: given }) => ({
      method: 'POST',
      target: '/v1/err',
      headers: given,
      body: JSON.stringify({ code, msg, details, header }),
    })),
);

/** Requests by their path, query, form and headers. */
export const calls = { routed, queried, formed, headed, failed };
