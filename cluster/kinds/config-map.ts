import { resourceNamed } from '../store/resources.js';
import { invalidValue } from './causes.js';
import { ageColumn, column, nameColumn } from './columns.js';
import { kindFields } from './fields-meta.js';
import { validateEntries, validateImmutable } from './key-values.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { bool, bytes, mapOf, text } from './schema.js';

const entries = ['data', 'binaryData'];

/** core/v1 ConfigMap. */
export const configMap: Kind = {
  resource: resourceNamed('configmaps'),
  fields: kindFields('ConfigMap', { data: mapOf(text), binaryData: mapOf(bytes), immutable: bool }),
  nameRule: dnsSubdomain,

  validate(object) {
    const { data = {}, binaryData = {} } = object;
    const twice = Object.keys(binaryData).filter((key) => Object.hasOwn(data, key));
    return [
      ...validateEntries(object, entries, 'data'),
      ...twice.map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ];
  },

  validateUpdate: (next, previous) => validateImmutable(next, previous, entries),

  columns: [
    nameColumn,
    column('Data', ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length),
    ageColumn,
  ],
};
