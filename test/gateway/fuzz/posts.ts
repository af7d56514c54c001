/** Requests by their body. */

import fc, { type Arbitrary } from 'fast-check';
import { type Field, present } from '../../../bridge/schema.js';
import { All, type Case, cases, jsonSets, withQuery } from './case.js';
import { contentTypes, formats } from './headers.js';
import { bodies, damaged, fieldText } from './json-bodies.js';
import { queries } from './queries.js';

const query = queries(All);

/** Whole messages as bodies. */
const posted: Arbitrary<Case> = cases(
  fc
    .tuple(
      fc.constantFrom('POST /v1/body', 'PUT /v1/body/n', 'POST /v1/body/n/m', 'POST /v1/body?name=q'),
      formats,
      bodies(All),
    )
    .map(([line, headers, body]) => {
      const [method = '', target = ''] = line.split(' ');
      return { method, target, headers, body };
    }),
  jsonSets,
);

/** Bodies that are one field. */
const FIELD_ROUTES: readonly (readonly [path: string, field: string])[] = [
  ['/v1/bodys', 's'],
  ['/v1/bodyi64', 'i64'],
  ['/v1/bodystrs', 'strs'],
  ['/v1/bodynesteds', 'nesteds'],
  ['/v1/bodylabels', 'labels'],
  ['/v1/bodybyid', 'by_id'],
  ['/v1/bodycolor', 'color'],
  ['/v1/bodydata', 'data'],
  ['/v1/bodyts', 'ts'],
  ['/v1/bodyval', 'val'],
  ['/v1/bodyws', 'w_s'],
  ['/v1/bodyn/n', 'nested'],
];

function field(name: string): Field {
  return present(All.byName.get(name));
}

/** Bodies that are one field of the request, with a query for the rest. */
const fieldPosted: Arbitrary<Case> = cases(
  fc.constantFrom(...FIELD_ROUTES).chain(([path, name]) => {
    const text = fieldText(field(name));
    return fc.record({
      method: fc.constant('POST'),
      target: fc.tuple(fc.constant(path), fc.oneof(fc.constant(''), query)).map(([one, rest]) => withQuery(one, rest)),
      headers: contentTypes,
      body: fc.oneof(
        { weight: 4, arbitrary: text },
        { weight: 1, arbitrary: damaged(text) },
        { weight: 1, arbitrary: fc.constantFrom('', ' ', 'null') },
      ),
    });
  }),
);

const RESPONSE_ROUTES = [
  'nested',
  'strs',
  's',
  'i64',
  'd',
  'b',
  'data',
  'color',
  'colors',
  'nesteds',
  'labels',
  'byid',
  'counts',
  'ts',
  'ws',
  'opti32',
  'st',
  'nums',
];
const RESPONSE_FIELDS: Readonly<Record<string, string>> = { byid: 'by_id', ws: 'w_s', opti32: 'opt_i32' };

/** Answers that are one field. */
const fieldAnswered: Arbitrary<Case> = cases(
  fc.constantFrom(...RESPONSE_ROUTES).chain((route) => {
    const { jsonName } = present(All.byName.get(RESPONSE_FIELDS[route] ?? route));
    return fc.record({
      method: fc.constant('POST'),
      target: fc.constant(`/v1/rb/${route}`),
      headers: formats,
      body: fc.oneof(
        fc.constant('{}'),
        fieldText(field(RESPONSE_FIELDS[route] ?? route)).map((text) => `{"${jsonName}":${text}}`),
      ),
    });
  }),
);

/** PATCH and its masks. */
const patched: Arbitrary<Case> = cases(
  fc
    .record({
      method: fc.constantFrom('PATCH', 'PATCH', 'PUT'),
      target: fc.constantFrom(
        '/v1/patch/n',
        '/v1/patch/n?mask=a,b',
        '/v1/patch/n?mask=',
        '/v1/patch/n?mask.paths=x',
        '/v1/patch/n?i32=5&mask=snake_case_field',
        '/v1/patch/n?nested.name=q',
      ),
      body: fc.oneof(
        { weight: 5, arbitrary: fieldText(field('nested')) },
        { weight: 1, arbitrary: damaged(fieldText(field('nested'))) },
        { weight: 1, arbitrary: fc.constantFrom('', ' ', 'null', '{}{}', '{"child":{}}', '{"child":null,"tags":[]}') },
      ),
    })
    .chain((one) =>
      fc.constantFrom(one, { ...one, method: 'PATCH', target: one.target.replace('patch', 'patchstar') }),
    ),
);

/** Requests by their body. */
export const posts = { posted, fieldPosted, fieldAnswered, patched };
