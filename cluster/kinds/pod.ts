import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, mutableCopy } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import { forbidden } from '../store/status-error.js';
import { forbiddenField } from './causes.js';
import { ageColumn, column, nameColumn, since, wide } from './columns.js';
import { podTemplate } from './fields-pod.js';
import { maxPrefixLength } from './generated-name.js';
import { type KindDefinition, selectable } from './kind.js';
import { defaultPodSpec, defaultRequests, ignoredImages, validatePodSpec } from './pod-rules.js';
import { compareQuantities } from './quantity.js';

const defaultTolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));
const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** core/v1 Pod. */
export const pod: KindDefinition = {
  fields: podTemplate.fields,
  hasGeneration: true,
  returnsDeleted: true,

  setDefaults(draft) {
    const spec = (draft.spec ??= {});
    defaultPodSpec(spec);
    defaultRequests(spec);
    spec.enableServiceLinks ??= true;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
    spec.priority ??= 0;
    spec.serviceAccountName ??= 'default';
    spec.serviceAccount = spec.serviceAccountName;
  },

  prepareCreate(draft) {
    admit(draft);
    const own = (draft.spec.tolerations ?? []) as { key?: string }[];
    const missing = defaultTolerations.filter(({ key }) => !own.some((toleration) => toleration.key === key));
    draft.spec.tolerations = [...own, ...missing];
    draft.status = { phase: 'Pending', qosClass: qosClass(draft) };
  },

  validate: ({ spec }) => validatePodSpec(spec, 'spec'),

  validateUpdate: (next, previous) =>
    isDeepStrictEqual(fixedSpec(next), fixedSpec(previous)) ? [] : [forbiddenField('spec', changeable)],

  warnings: ignoredImages,

  selectable: {
    ...selectable('spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName'),
    ...selectable('status.phase status.podIP status.nominatedNodeName'),
    'spec.hostNetwork': ({ spec }) => spec.hostNetwork ?? false,
  },

  columns: [
    nameColumn,
    column('Ready', readyCell),
    column('Status', statusCell),
    column('Restarts', restartsCell),
    ageColumn,
    wide('IP', ({ status }) => status?.podIP ?? '<none>'),
    wide('Node', ({ spec }) => spec.nodeName ?? '<none>'),
    wide('Nominated Node', () => '<none>'),
    wide('Readiness Gates', () => '<none>'),
  ],
};

/** Refuses what names something that is not there, as admission does. */
function admit({ metadata: { name, generateName = '', namespace }, spec }: KubeObject): void {
  // This is asked before a name is generated.
  const isGenerated = generateName !== '' && name.startsWith(generateName.slice(0, maxPrefixLength));
  const refuse = (why: string) => forbidden(resourceNamed('pods'), isGenerated ? generateName : name, why);
  const { priorityClassName, runtimeClassName, serviceAccountName: account } = spec;
  if (priorityClassName !== undefined) throw refuse(`no PriorityClass with name ${priorityClassName} was found`);
  if (runtimeClassName !== undefined) throw refuse(`pod rejected: RuntimeClass "${runtimeClassName}" not found`);
  if (account === 'default') return;
  throw refuse(`error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`);
}

function fixedSpec({ spec }: KubeObject): unknown {
  const copy = mutableCopy(spec);
  for (const container of copy.containers ?? []) delete container.image;
  for (const field of ['activeDeadlineSeconds', 'tolerations']) delete copy[field];
  return copy;
}

/** The quality of service that follows from requests and limits of cpu and memory. */
function qosClass({ spec }: KubeObject): string {
  const amounts: [request?: string, limit?: string][] = (spec.containers ?? []).flatMap(({ resources }: KubeObject) =>
    ['cpu', 'memory'].map((name) => [resources.requests?.[name], resources.limits?.[name]]),
  );
  if (amounts.every(([request, limit]) => request === undefined && limit === undefined)) return 'BestEffort';
  const isFirm = ([request, limit]: [request?: string, limit?: string]): boolean =>
    request !== undefined && limit !== undefined && compareQuantities(request, limit) === 0;
  return amounts.every(isFirm) ? 'Guaranteed' : 'Burstable';
}

function statusesOf({ status }: KubeObject): KubeObject['status'][] {
  return status?.containerStatuses ?? [];
}

function readyCell(object: KubeObject): string {
  const ready = statusesOf(object).filter((container) => container.ready === true && container.state?.running);
  return `${ready.length}/${object.spec.containers.length}`;
}

function restartsCell(object: KubeObject, now: number): string {
  const statuses = statusesOf(object);
  const total = statuses.reduce((sum: number, container) => sum + (container.restartCount ?? 0), 0);
  const last = statuses
    .map((container): string => container.lastState?.terminated?.finishedAt ?? '')
    .toSorted()
    .at(-1);
  return total === 0 || !last ? String(total) : `${total} (${since(last, now)} ago)`;
}

function statusCell(object: KubeObject): string {
  const { metadata, status } = object;
  const phase: string = status?.phase ?? 'Pending';
  if (metadata.deletionTimestamp !== undefined && phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  let text: string = status?.reason ?? phase;
  let running = false;
  for (const { state, ready } of statusesOf(object).toReversed()) {
    if (state?.waiting?.reason) text = state.waiting.reason;
    else if (state?.terminated !== undefined) text = state.terminated.reason;
    else if (ready === true && state?.running !== undefined) running = true;
  }
  return text === 'Completed' && running ? 'Running' : text;
}
