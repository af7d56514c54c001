import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, mutableCopy } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import { forbiddenField } from './causes.js';
import { ageColumn, nameColumn, since } from './columns.js';
import { kindFields } from './fields-meta.js';
import { podSpec, podStatus } from './fields-pod.js';
import { ignoredImage } from './image-warning.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { defaultPodSpec, defaultRequests, validatePodSpec } from './pod-rules.js';
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
export const pod: Kind = {
  resource: resourceNamed('pods'),
  fields: kindFields('Pod', { spec: podSpec, status: podStatus }),
  nameRule: dnsSubdomain,
  hasGeneration: true,
  returnsDeleted: true,

  setDefaults(draft) {
    draft.spec ??= {};
    const { spec } = draft;
    defaultPodSpec(spec);
    defaultRequests(spec);
    spec.enableServiceLinks ??= true;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
    spec.priority ??= 0;
    spec.serviceAccountName ??= 'default';
    spec.serviceAccount = spec.serviceAccountName;
  },

  prepareCreate(draft) {
    const own = (draft.spec.tolerations ?? []) as { key?: string }[];
    const missing = defaultTolerations.filter(({ key }) => !own.some((toleration) => toleration.key === key));
    draft.spec.tolerations = [...own, ...missing];
    draft.status = { phase: 'Pending', qosClass: qosClass(draft) };
  },

  validate: ({ spec }) => validatePodSpec(spec, 'spec'),

  validateUpdate: (next, previous) =>
    isDeepStrictEqual(fixedSpec(next), fixedSpec(previous)) ? [] : [forbiddenField('spec', changeable)],

  warnings: ({ spec }) => ignoredImage(spec),

  selectable: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec?.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec?.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec?.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIP ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },

  columns: [
    nameColumn,
    { name: 'Ready', description: 'Containers that are ready, of all.', cell: readyCell },
    { name: 'Status', description: 'What the pod does, or why it does not.', cell: statusCell },
    { name: 'Restarts', description: 'How often its containers were started again.', cell: restartsCell },
    ageColumn,
    { name: 'IP', description: 'Address of the pod.', priority: 1, cell: ({ status }) => status?.podIP ?? '<none>' },
    { name: 'Node', description: 'Node of the pod.', priority: 1, cell: ({ spec }) => spec?.nodeName ?? '<none>' },
    {
      name: 'Nominated Node',
      description: 'Node that is being made free for the pod.',
      priority: 1,
      cell: ({ status }) => status?.nominatedNodeName ?? '<none>',
    },
    { name: 'Readiness Gates', description: 'Further conditions of readiness.', priority: 1, cell: () => '<none>' },
  ],
};

function fixedSpec({ spec }: KubeObject): unknown {
  const copy = mutableCopy(spec);
  for (const container of [...(copy.containers ?? []), ...(copy.initContainers ?? [])]) delete container.image;
  for (const field of ['activeDeadlineSeconds', 'tolerations']) delete copy[field];
  return copy;
}

/** The quality of service that follows from requests and limits of cpu and memory. */
function qosClass({ spec }: KubeObject): string {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  let any = false;
  let guaranteed = true;
  for (const { resources = {} } of containers) {
    for (const name of ['cpu', 'memory']) {
      const request = resources.requests?.[name];
      const limit = resources.limits?.[name];
      any ||= request !== undefined || limit !== undefined;
      guaranteed &&= limit !== undefined && request !== undefined && compareQuantities(request, limit) === 0;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

// biome-ignore lint/suspicious/noExplicitAny: a container status, see KubeObject
type ContainerStatus = any;

function readyCell({ spec, status }: KubeObject): string {
  const statuses: ContainerStatus[] = status?.containerStatuses ?? [];
  const ready = statuses.filter((container) => container.ready === true && container.state?.running !== undefined);
  return `${ready.length}/${spec?.containers?.length ?? 0}`;
}

function restartsCell({ status }: KubeObject, now: number): string {
  const statuses: ContainerStatus[] = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const total = statuses.reduce((sum: number, container) => sum + (container.restartCount ?? 0), 0);
  const last = statuses
    .map((container): string => container.lastState?.terminated?.finishedAt ?? '')
    .toSorted()
    .at(-1);
  return total === 0 || !last ? String(total) : `${total} (${since(last, now)} ago)`;
}

function endReason({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function statusCell({ metadata, spec, status }: KubeObject): string {
  const phase: string = status?.phase ?? 'Pending';
  const text = initializing(spec, status) ?? containerReason(status, status?.reason ?? phase);
  if (metadata.deletionTimestamp === undefined) return text;
  if (status?.reason === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? text : 'Terminating';
}

/** What an init container that has not succeeded yet makes of the pod. */
function initializing(spec: KubeObject['spec'], status: KubeObject['status']): string | undefined {
  const statuses: ContainerStatus[] = status?.initContainerStatuses ?? [];
  for (const [index, { state }] of statuses.entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    if (state?.terminated !== undefined) return `Init:${endReason(state.terminated)}`;
    const waiting: string | undefined = state?.waiting?.reason;
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${spec.initContainers?.length ?? statuses.length}`;
  }
  return undefined;
}

function containerReason(status: KubeObject['status'], phase: string): string {
  const statuses: ContainerStatus[] = status?.containerStatuses ?? [];
  let text = phase;
  let running = false;
  for (const { state, ready } of statuses.toReversed()) {
    if (state?.waiting?.reason) text = state.waiting.reason;
    else if (state?.terminated !== undefined) text = endReason(state.terminated);
    else if (ready === true && state?.running !== undefined) running = true;
  }
  return text === 'Completed' && running ? 'Running' : text;
}
