import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, mutableCopy } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import type { StatusCause } from '../store/status-error.js';
import { immutable, notNegative, notSupported, required } from './causes.js';
import { ageColumn, containerColumns, nameColumn, pairs, shortDuration } from './columns.js';
import { conditions, kindFields, labelSelector } from './fields-meta.js';
import { podTemplate } from './fields-pod.js';
import { ignoredImage } from './image-warning.js';
import type { Kind } from './kind.js';
import { validateLabels } from './metadata.js';
import { dnsLabel, dnsSubdomain } from './names.js';
import { defaultPodSpec, validatePodSpec } from './pod-rules.js';
import { any, bool, count, int, listOf, object, text, texts, time } from './schema.js';

const spec = object('JobSpec', {
  parallelism: int,
  completions: int,
  activeDeadlineSeconds: int,
  podFailurePolicy: any,
  successPolicy: any,
  backoffLimit: int,
  backoffLimitPerIndex: int,
  maxFailedIndexes: int,
  selector: labelSelector,
  manualSelector: bool,
  template: podTemplate,
  ttlSecondsAfterFinished: int,
  ...texts('completionMode', 'podReplacementPolicy', 'managedBy'),
  suspend: bool,
});
const status = object('JobStatus', {
  conditions,
  startTime: time,
  completionTime: time,
  active: count,
  succeeded: count,
  failed: count,
  terminating: int,
  ready: int,
  ...texts('completedIndexes', 'failedIndexes'),
  uncountedTerminatedPods: object('UncountedTerminatedPods', { succeeded: listOf(text), failed: listOf(text) }),
});

const uidLabel = 'batch.kubernetes.io/controller-uid';

/** batch/v1 Job. */
export const job: Kind = {
  resource: resourceNamed('jobs'),
  fields: kindFields('Job', { spec, status }),
  nameRule: dnsSubdomain,
  hasGeneration: true,

  setDefaults(draft) {
    draft.spec ??= {};
    const { spec: fields } = draft;
    if (fields.completions === undefined && fields.parallelism === undefined) fields.completions = 1;
    fields.parallelism ??= 1;
    fields.backoffLimit ??= fields.backoffLimitPerIndex === undefined ? 6 : 2147483647;
    fields.completionMode ??= 'NonIndexed';
    fields.suspend ??= false;
    fields.podReplacementPolicy ??= fields.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
    fields.manualSelector ??= false;
    fields.template ??= {};
    fields.template.metadata ??= {};
    fields.template.spec ??= {};
    defaultPodSpec(fields.template.spec);
    if (draft.metadata.labels === undefined && fields.template.metadata.labels !== undefined) {
      draft.metadata.labels = { ...fields.template.metadata.labels };
    }
  },

  prepareCreate(draft) {
    draft.status = {};
    if (draft.spec.manualSelector === true) return;
    const { uid, name } = draft.metadata;
    const { metadata } = draft.spec.template;
    const copied = isDeepStrictEqual(draft.metadata.labels, metadata.labels);
    metadata.labels = {
      ...metadata.labels,
      [uidLabel]: uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    if (draft.metadata.labels === undefined || copied) draft.metadata.labels = { ...metadata.labels };
    draft.spec.selector ??= {};
    draft.spec.selector.matchLabels = { ...draft.spec.selector.matchLabels, [uidLabel]: uid };
  },

  validate({ spec: fields }) {
    const { template, completionMode, podReplacementPolicy } = fields;
    const causes: StatusCause[] = [];
    for (const field of [
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'ttlSecondsAfterFinished',
      'backoffLimitPerIndex',
      'maxFailedIndexes',
    ]) {
      causes.push(...notNegative(`spec.${field}`, fields[field]));
    }
    if (!['NonIndexed', 'Indexed'].includes(completionMode)) {
      causes.push(notSupported('spec.completionMode', completionMode, ['NonIndexed', 'Indexed']));
    } else if (completionMode === 'Indexed' && fields.completions === undefined) {
      causes.push(required('spec.completions', 'when completion mode is Indexed'));
    }
    if (!['Failed', 'TerminatingOrFailed'].includes(podReplacementPolicy)) {
      causes.push(notSupported('spec.podReplacementPolicy', podReplacementPolicy, ['Failed', 'TerminatingOrFailed']));
    }
    causes.push(...validateLabels('spec.template.labels', template.metadata.labels));
    const { restartPolicy } = template.spec;
    // "Always" is both the default and wrong here, and the API reports it as missing.
    causes.push(
      ...validatePodSpec({ ...template.spec, restartPolicy: 'Never' }, 'spec.template.spec').filter(
        ({ field }) => field !== 'spec.template.spec.restartPolicy',
      ),
    );
    if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
      causes.push(required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'));
    }
    return causes;
  },

  validateUpdate(next, previous) {
    const causes: StatusCause[] = [];
    for (const field of [
      'selector',
      'completionMode',
      'podFailurePolicy',
      'backoffLimitPerIndex',
      'managedBy',
      'successPolicy',
    ]) {
      if (!isDeepStrictEqual(next.spec[field], mutableCopy(previous.spec[field]))) {
        causes.push(immutable(`spec.${field}`, next.spec[field]));
      }
    }
    if (next.spec.completionMode !== 'Indexed' && next.spec.completions !== previous.spec.completions) {
      causes.push(immutable('spec.completions', next.spec.completions));
    }
    const suspended = previous.spec.suspend === true && previous.status?.startTime === undefined;
    if (!isDeepStrictEqual(fixedTemplate(next, suspended), fixedTemplate(previous, suspended))) {
      causes.push(immutable(suspended ? 'spec.template.spec' : 'spec.template', next.spec.template));
    }
    return causes;
  },

  warnings({ metadata, spec: fields }) {
    const odd = dnsLabel(metadata.name);
    const advice =
      odd.length > 0 && metadata.name.includes('.')
        ? [
            'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
              'a DNS label is recommended: [must not contain dots]',
          ]
        : [];
    return [...advice, ...ignoredImage(fields.template.spec)];
  },

  selectable: { 'status.successful': ({ status: state }) => String(state?.succeeded ?? 0) },

  columns: [
    nameColumn,
    { name: 'Status', description: 'Status of the Job.', cell: statusCell },
    { name: 'Completions', description: 'Pods that succeeded, of those wanted.', cell: completionsCell },
    { name: 'Duration', description: 'Time the Job took, or has taken until now.', cell: durationCell },
    ageColumn,
    ...containerColumns(({ spec: fields }) => fields.template.spec.containers ?? []),
    {
      name: 'Selector',
      description: 'Labels of the pods of this Job.',
      priority: 1,
      cell: ({ spec: fields }) => pairs(fields.selector?.matchLabels),
    },
  ],
};

/** The part of the template that may not change; of a Job that waits, where it runs and what it asks for may. */
function fixedTemplate({ spec: fields }: KubeObject, suspended: boolean): unknown {
  const template = mutableCopy(fields.template);
  if (!suspended) return template;
  for (const field of ['labels', 'annotations']) delete template.metadata[field];
  for (const field of ['nodeSelector', 'tolerations', 'affinity', 'schedulingGates']) delete template.spec[field];
  for (const container of template.spec.containers ?? []) delete container.resources;
  return template;
}

function hasCondition({ status: state }: KubeObject, type: string): boolean {
  const list: { type: string; status: string }[] = state?.conditions ?? [];
  return list.some((condition) => condition.type === type && condition.status === 'True');
}

function statusCell(object: KubeObject): string {
  if (hasCondition(object, 'Complete')) return 'Complete';
  if (hasCondition(object, 'Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (hasCondition(object, type)) return type;
  return 'Running';
}

function completionsCell({ spec: fields, status: state }: KubeObject): string {
  const done = state?.succeeded ?? 0;
  if (fields.completions !== undefined) return `${done}/${fields.completions}`;
  return fields.parallelism > 1 ? `${done}/1 of ${fields.parallelism}` : `${done}/1`;
}

function durationCell({ status: state }: KubeObject, now: number): string {
  if (state?.startTime === undefined) return '';
  const end = state.completionTime === undefined ? now : Date.parse(state.completionTime);
  return shortDuration(end - Date.parse(state.startTime));
}
