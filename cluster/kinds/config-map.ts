import { invalidValue } from './causes.js';
import { ageColumn, column, nameColumn } from './columns.js';
import { validateEntries, validateImmutable } from './key-values.js';
import type { KindDefinition } from './kind.js';
import { bool, bytes, mapOf, text } from './schema.js';

const entries = ['data', 'binaryData'];

/** core/v1 ConfigMap. */
export const configMap: KindDefinition = {
  fields: { data: mapOf(text), binaryData: mapOf(bytes), immutable: bool },

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
