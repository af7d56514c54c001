import { ageColumn, column, nameColumn } from './columns.js';
import { type KindDefinition, selectable } from './kind.js';
import { dnsLabel } from './names.js';
import { any } from './schema.js';

/** core/v1 Namespace. */
export const namespace: KindDefinition = {
  fields: { spec: any },
  nameRule: dnsLabel,
  // A deletion takes its time: what is in the namespace goes first.
  returnsDeleted: true,

  prepareCreate(draft) {
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name };
    draft.spec = { finalizers: ['kubernetes'] };
    draft.status = { phase: 'Active' };
  },

  prepareUpdate(draft, previous) {
    draft.spec = previous.spec;
  },

  selectable: selectable('status.phase'),

  columns: [nameColumn, column('Status', ({ status }) => status?.phase ?? ''), ageColumn],
};
