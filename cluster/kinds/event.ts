import type { KubeObject } from '../store/object.js';
import { invalidValue } from './causes.js';
import { column, nameColumn, since, wide } from './columns.js';
import { type KindDefinition, selectable } from './kind.js';
import { all, any, count, object } from './schema.js';

const parts = ['apiVersion', 'kind', 'name', 'namespace', 'uid', 'resourceVersion', 'fieldPath'];
const involved = object('ObjectReference', all('text', parts.join(' ')));

const part =
  (name: string) =>
  (event: KubeObject): string =>
    event['involvedObject']?.[name] ?? '';

/** core/v1 Event. */
export const event: KindDefinition = {
  fields: {
    involvedObject: involved,
    related: involved,
    ...all('text', 'reason message type action reportingComponent reportingInstance'),
    source: object('EventSource', all('text', 'component host')),
    ...all('time', 'firstTimestamp lastTimestamp eventTime'),
    count,
    series: any,
  },

  setDefaults(draft) {
    draft['source'] ??= {};
    draft['involvedObject'] ??= {};
    // These three are always there, null when they say nothing.
    for (const field of ['firstTimestamp', 'lastTimestamp', 'eventTime']) draft[field] ??= null;
    for (const field of ['reportingComponent', 'reportingInstance']) draft[field] ??= '';
  },

  validate({ metadata, involvedObject }) {
    // What has no namespace is reported in the default one.
    const { namespace = '' } = involvedObject;
    const fits = namespace === '' ? metadata.namespace === 'default' : namespace === metadata.namespace;
    return fits ? [] : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
  },

  selectable: {
    ...selectable(parts.map((name) => `involvedObject.${name}`).join(' ')),
    ...selectable('reason reportingComponent type'),
    source: (object) => object['source']?.component || object['reportingComponent'],
  },

  columns: [
    column('Last Seen', ({ series, lastTimestamp, eventTime, metadata }, now) =>
      since(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp, now),
    ),
    column('Type', (object) => object['type'] ?? ''),
    column('Reason', (object) => object['reason'] ?? ''),
    column('Object', (object) => `${part('kind')(object).toLowerCase()}/${part('name')(object)}`),
    wide('Subobject', part('fieldPath')),
    wide('Source', ({ source, reportingComponent }) =>
      [source?.component || reportingComponent, source?.host].filter(Boolean).join(', '),
    ),
    column('Message', (object) => (object['message'] ?? '').trim()),
    wide('First Seen', ({ firstTimestamp, eventTime, metadata }, now) =>
      since(firstTimestamp ?? eventTime ?? metadata.creationTimestamp, now),
    ),
    wide('Count', (object) => object['series']?.count ?? object['count'] ?? 1),
    { ...nameColumn, wide: true },
  ],
};
