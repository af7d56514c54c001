import { isDeepStrictEqual } from 'node:util';
import { resourceNamed } from '../store/resources.js';
import { forbiddenField, invalidValue } from './causes.js';
import { ageColumn, nameColumn } from './columns.js';
import { kindFields } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dataKey, dnsSubdomain } from './names.js';
import { bool, bytes, mapOf, text } from './schema.js';

const maxBytes = 1024 * 1024;

/** core/v1 ConfigMap. */
export const configMap: Kind = {
  resource: resourceNamed('configmaps'),
  fields: kindFields('ConfigMap', { data: mapOf(text), binaryData: mapOf(bytes), immutable: bool }),
  nameRule: dnsSubdomain,

  validate({ data = {}, binaryData = {} }) {
    const keys = [...Object.keys(data), ...Object.keys(binaryData)];
    const causes = keys.flatMap((key) => {
      const field = `${key in data ? 'data' : 'binaryData'}[${key}]`;
      return dataKey(key).map((why) => invalidValue(field, key, why));
    });
    for (const key of Object.keys(binaryData))
      if (Object.hasOwn(data, key))
        causes.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    let size = 0;
    for (const value of Object.values<string>(data)) size += Buffer.byteLength(value);
    for (const value of Object.values<string>(binaryData)) size += Buffer.byteLength(value, 'base64');
    if (size > maxBytes) {
      causes.push({
        reason: 'FieldValueTooLong',
        message: `Too long: may not be more than ${maxBytes} bytes`,
        field: '[]',
      });
    }
    return causes;
  },

  validateUpdate(next, previous) {
    if (previous['immutable'] !== true) return [];
    return ['immutable', 'data', 'binaryData']
      .filter((field) => !isDeepStrictEqual(next[field], previous[field]))
      .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'));
  },

  columns: [
    nameColumn,
    {
      name: 'Data',
      description: 'Number of entries.',
      cell: ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    },
    ageColumn,
  ],
};
