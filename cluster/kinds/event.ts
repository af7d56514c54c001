import type { KubeObject } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import { invalidValue } from './causes.js';
import { nameColumn, since } from './columns.js';
import { kindFields } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { count, object, text, texts, time } from './schema.js';

const reference = object(
  'ObjectReference',
  texts('apiVersion', 'kind', 'name', 'namespace', 'uid', 'resourceVersion', 'fieldPath'),
);

const part =
  (name: string) =>
  (object: KubeObject): string =>
    object['involvedObject']?.[name] ?? '';

/** core/v1 Event. */
export const event: Kind = {
  resource: resourceNamed('events'),
  fields: kindFields('Event', {
    involvedObject: reference,
    related: reference,
    ...texts('reason', 'message', 'type', 'action', 'reportingComponent', 'reportingInstance'),
    source: object('EventSource', texts('component', 'host')),
    firstTimestamp: time,
    lastTimestamp: time,
    eventTime: time,
    count,
    series: object('EventSeries', { count, lastObservedTime: time, state: text }),
  }),
  nameRule: dnsSubdomain,

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
    ...Object.fromEntries(
      ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => [
        `involvedObject.${name}`,
        part(name),
      ]),
    ),
    reason: (object) => object['reason'] ?? '',
    reportingComponent: (object) => object['reportingComponent'] ?? '',
    source: (object) => object['source']?.component || (object['reportingComponent'] ?? ''),
    type: (object) => object['type'] ?? '',
  },

  columns: [
    {
      name: 'Last Seen',
      description: 'Time since it happened last.',
      cell: ({ series, lastTimestamp, eventTime, metadata }, now) =>
        since(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp, now),
    },
    { name: 'Type', description: 'Normal or Warning.', cell: (object) => object['type'] ?? '' },
    { name: 'Reason', description: 'What happened, in one word.', cell: (object) => object['reason'] ?? '' },
    {
      name: 'Object',
      description: 'The object it happened to.',
      cell: ({ involvedObject }) => `${(involvedObject?.kind ?? '').toLowerCase()}/${involvedObject?.name ?? ''}`,
    },
    { name: 'Subobject', description: 'The part of the object.', priority: 1, cell: part('fieldPath') },
    {
      name: 'Source',
      description: 'Who says so.',
      priority: 1,
      cell: ({ source, reportingComponent }) =>
        [source?.component || reportingComponent, source?.host].filter(Boolean).join(', '),
    },
    { name: 'Message', description: 'What happened.', cell: (object) => (object['message'] ?? '').trim() },
    {
      name: 'First Seen',
      description: 'Time since it happened first.',
      priority: 1,
      cell: ({ firstTimestamp, eventTime, metadata }, now) =>
        since(firstTimestamp ?? eventTime ?? metadata.creationTimestamp, now),
    },
    {
      name: 'Count',
      description: 'How often it happened.',
      priority: 1,
      cell: (object) => object['series']?.count ?? object['count'] ?? 1,
    },
    { ...nameColumn, priority: 1 },
  ],
};
