import { immutable } from './causes.js';
import { ageColumn, column, nameColumn } from './columns.js';
import { validateEntries, validateImmutable } from './key-values.js';
import { type KindDefinition, selectable } from './kind.js';
import { bool, bytes, mapOf, text } from './schema.js';

/** core/v1 Secret. */
export const secret: KindDefinition = {
  fields: { data: mapOf(bytes), stringData: mapOf(text), type: text, immutable: bool },

  setDefaults(draft) {
    draft['type'] ??= 'Opaque';
    const plain: Record<string, string> = draft['stringData'] ?? {};
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    if (encoded.length > 0) draft['data'] = { ...draft['data'], ...Object.fromEntries(encoded) };
    delete draft['stringData'];
  },

  validate: (object) => validateEntries(object, ['data']),

  validateUpdate: (next, previous) => [
    ...(next['type'] === previous['type'] ? [] : [immutable('type', next['type'])]),
    ...validateImmutable(next, previous, ['data']),
  ],

  selectable: selectable('type'),

  columns: [
    nameColumn,
    column('Type', (object) => object['type'] ?? ''),
    column('Data', ({ data = {} }) => Object.keys(data).length),
    ageColumn,
  ],
};
