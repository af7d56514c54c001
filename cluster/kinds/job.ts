import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, hasCondition } from '../store/object.js';
import type { StatusCause } from '../store/status-error.js';
import { forbiddenField, immutable, missing, noneOf, notNegative } from './causes.js';
import { ageColumn, column, containerColumns, nameColumn, pairs, shortDuration, wide } from './columns.js';
import { podTemplate } from './fields-pod.js';
import type { KindDefinition } from './kind.js';
import { validateLabels } from './metadata.js';
import { defaultPodSpec, ignoredImages, validatePodSpec } from './pod-rules.js';
import { all, any, object } from './schema.js';

const numbers = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];
const spec = object('JobSpec', {
  ...all('int', numbers.join(' ')),
  selector: any,
  template: podTemplate,
  ...all('text', 'completionMode podReplacementPolicy'),
  ...all('bool', 'suspend manualSelector'),
  ...all('refused', 'podFailurePolicy successPolicy backoffLimitPerIndex maxFailedIndexes managedBy'),
});

const replacementPolicies = ['Failed', 'TerminatingOrFailed'];
const uidLabel = 'batch.kubernetes.io/controller-uid';

/** batch/v1 Job. */
export const job: KindDefinition = {
  fields: { spec },
  hasGeneration: true,

  setDefaults(draft) {
    const fields = (draft.spec ??= {});
    if (fields.completions === undefined && fields.parallelism === undefined) fields.completions = 1;
    fields.parallelism ??= 1;
    fields.backoffLimit ??= 6;
    fields.completionMode ??= 'NonIndexed';
    fields.suspend ??= false;
    fields.podReplacementPolicy ??= 'TerminatingOrFailed';
    fields.manualSelector ??= false;
    fields.template ??= {};
    fields.template.metadata ??= {};
    fields.template.spec ??= {};
    defaultPodSpec(fields.template.spec);
    // The same object: what is added to the one when the Job is made is then added to the other.
    draft.metadata.labels ??= fields.template.metadata.labels;
  },

  prepareCreate(draft) {
    draft.status = {};
    const { uid, name } = draft.metadata;
    const { metadata } = draft.spec.template;
    const shared = draft.metadata.labels === metadata.labels;
    metadata.labels = {
      ...metadata.labels,
      [uidLabel]: uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    if (shared) draft.metadata.labels = { ...metadata.labels };
    draft.spec.selector ??= {};
    draft.spec.selector.matchLabels = { ...draft.spec.selector.matchLabels, [uidLabel]: uid };
  },

  validate({ spec: fields }) {
    const { template, completionMode, podReplacementPolicy, manualSelector } = fields;
    const causes: StatusCause[] = numbers.flatMap((field) => notNegative(`spec.${field}`, fields[field]));
    if (manualSelector) causes.push(forbiddenField('spec.manualSelector', 'the embedded cluster chooses the selector'));
    if (completionMode !== 'NonIndexed') {
      causes.push(forbiddenField('spec.completionMode', 'the embedded cluster runs Jobs of mode NonIndexed only'));
    }
    causes.push(...noneOf('spec.podReplacementPolicy', podReplacementPolicy, replacementPolicies));
    causes.push(...validateLabels('spec.template.labels', template.metadata.labels));
    const { restartPolicy } = template.spec;
    // "Always" is both the default and wrong here, and the API reports it as missing.
    causes.push(...validatePodSpec({ ...template.spec, restartPolicy: 'Never' }, 'spec.template.spec'));
    const isRight = restartPolicy === 'OnFailure' || restartPolicy === 'Never';
    causes.push(...missing('spec.template.spec.restartPolicy', isRight, 'valid values: "OnFailure", "Never"'));
    return causes;
  },

  // There is one node: a Job that waits has no others to be moved to.
  validateUpdate: (next, previous) =>
    ['selector', 'completionMode', 'completions', 'template']
      .filter((field) => !isDeepStrictEqual(next.spec[field], previous.spec[field]))
      .map((field) => immutable(`spec.${field}`, next.spec[field])),

  warnings({ metadata, spec: fields }) {
    const advice =
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
      'a DNS label is recommended: [must not contain dots]';
    return [...(metadata.name.includes('.') ? [advice] : []), ...ignoredImages(fields.template)];
  },

  selectable: { 'status.successful': ({ status }) => status?.succeeded ?? 0 },

  columns: [
    nameColumn,
    column('Status', statusCell),
    column('Completions', completionsCell),
    column('Duration', durationCell),
    ageColumn,
    ...containerColumns,
    wide('Selector', ({ spec: fields }) => pairs(fields.selector?.matchLabels)),
  ],
};

function statusCell(object: KubeObject): string {
  for (const type of ['Complete', 'Failed']) if (hasCondition(object, type)) return type;
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => hasCondition(object, type)) ?? 'Running';
}

function completionsCell({ spec: fields, status }: KubeObject): string {
  const done = status?.succeeded ?? 0;
  if (fields.completions !== undefined) return `${done}/${fields.completions}`;
  return fields.parallelism > 1 ? `${done}/1 of ${fields.parallelism}` : `${done}/1`;
}

function durationCell({ status }: KubeObject, now: number): string {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? now : Date.parse(status.completionTime);
  return shortDuration(end - Date.parse(status.startTime));
}
