import type { KubeObject } from '../store/object.js';
import { invalidValue } from './causes.js';
import { ageColumn, column, nameColumn } from './columns.js';
import { resourceList } from './fields-meta.js';
import type { KindDefinition } from './kind.js';
import { compareQuantities } from './quantity.js';
import { all, object } from './schema.js';

/** core/v1 ResourceQuota. What it enforces is in quota.ts. */
export const resourceQuota: KindDefinition = {
  fields: {
    spec: object('ResourceQuotaSpec', { hard: resourceList, ...all('refused', 'scopes scopeSelector') }),
  },
  returnsDeleted: true,

  setDefaults(draft) {
    draft.spec ??= {};
  },

  prepareCreate(draft) {
    draft.status = {};
  },

  validate: ({ spec }) =>
    Object.entries<string>(spec.hard ?? {})
      .filter(([, amount]) => compareQuantities(amount, '0') < 0)
      .map(([name, amount]) => invalidValue(`spec.hard[${name}]`, amount, 'must be greater than or equal to 0')),

  columns: [
    nameColumn,
    column('Request', (object) => usage(object, (name) => !name.startsWith('limits.'))),
    column('Limit', (object) => usage(object, (name) => name.startsWith('limits.'))),
    ageColumn,
  ],
};

function usage({ status }: KubeObject, wanted: (name: string) => boolean): string {
  return Object.keys(status?.hard ?? {})
    .filter(wanted)
    .toSorted()
    .map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard[name]}`)
    .join(', ');
}
