import { isDeepStrictEqual } from 'node:util';
import { resourceNamed } from '../store/resources.js';
import { forbiddenField, immutable, invalidValue } from './causes.js';
import { ageColumn, nameColumn } from './columns.js';
import { kindFields } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dataKey, dnsSubdomain } from './names.js';
import { bool, bytes, mapOf, text } from './schema.js';

const maxBytes = 1024 * 1024;

/** core/v1 Secret. */
export const secret: Kind = {
  resource: resourceNamed('secrets'),
  fields: kindFields('Secret', { data: mapOf(bytes), stringData: mapOf(text), type: text, immutable: bool }),
  nameRule: dnsSubdomain,

  setDefaults(draft) {
    draft['type'] ??= 'Opaque';
    const plain: Record<string, string> = draft['stringData'] ?? {};
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    if (encoded.length > 0) draft['data'] = { ...draft['data'], ...Object.fromEntries(encoded) };
    delete draft['stringData'];
  },

  validate({ data = {} }) {
    const causes = Object.keys(data).flatMap((key) =>
      dataKey(key).map((why) => invalidValue(`data[${key}]`, key, why)),
    );
    const size = Object.values<string>(data).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
    if (size > maxBytes) {
      causes.push({
        reason: 'FieldValueTooLong',
        message: `Too long: may not be more than ${maxBytes} bytes`,
        field: 'data',
      });
    }
    return causes;
  },

  validateUpdate(next, previous) {
    const causes = next['type'] === previous['type'] ? [] : [immutable('type', next['type'])];
    if (previous['immutable'] !== true) return causes;
    return [
      ...causes,
      ...['immutable', 'data']
        .filter((field) => !isDeepStrictEqual(next[field], previous[field]))
        .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set')),
    ];
  },

  selectable: { type: (object) => object['type'] ?? '' },

  columns: [
    nameColumn,
    { name: 'Type', description: 'What the secret is for.', cell: (object) => object['type'] ?? '' },
    { name: 'Data', description: 'Number of entries.', cell: ({ data = {} }) => Object.keys(data).length },
    ageColumn,
  ],
};
