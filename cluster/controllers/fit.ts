import { quantityValue } from '../kinds/quantity.js';
import { type Requirement, satisfies } from '../kinds/requirement.js';
import type { KubeObject } from '../store/object.js';

/** Why a pod cannot be put on a node, in the words of the scheduler. */
export type Misfit = string;

/** What is not to be mended by ending other pods. */
const unhelpful = '1 Preemption is not helpful for scheduling';
/** What might be, had other pods a lower priority. */
const noVictims = '1 No preemption victims found for incoming pod';

/** What pods take of a node's resources, by resource; `pods` is their number. */
function requestsOf(pods: readonly KubeObject[]): Map<string, number> {
  const sum = new Map<string, number>([['pods', pods.length]]);
  for (const { resources } of pods.flatMap(({ spec }) => spec.containers ?? [])) {
    for (const [name, quantity] of Object.entries(requested(resources))) {
      sum.set(name, (sum.get(name) ?? 0) + (quantityValue(quantity) ?? 0));
    }
  }
  return sum;
}

function requested(resources: KubeObject['spec']): Record<string, string> {
  return { ...resources?.limits, ...resources?.requests };
}

/** Undefined when the pod can run on the node beside those that are there already. */
export function misfit(pod: KubeObject, node: KubeObject, neighbours: readonly KubeObject[]): Misfit | undefined {
  if (!selects(pod, node)) return unavailable("1 node(s) didn't match Pod's node affinity/selector", unhelpful);
  const used = requestsOf(neighbours);
  const lacking: string[] = [];
  let tooLarge = false;
  for (const [name, amount] of requestsOf([pod])) {
    const capacity = quantityValue(node.status?.allocatable?.[name] ?? '0') ?? 0;
    if (amount > 0 && amount + (used.get(name) ?? 0) > capacity) lacking.push(name);
    // One pod more is too many for a full node, never for an empty one.
    tooLarge ||= name !== 'pods' && amount > capacity;
  }
  if (lacking.length === 0) return undefined;
  const reasons = lacking.map((name) => (name === 'pods' ? '1 Too many pods' : `1 Insufficient ${name}`));
  return unavailable(reasons.toSorted().join(', '), tooLarge ? unhelpful : noVictims);
}

function unavailable(reasons: string, preemption: string): Misfit {
  return `0/1 nodes are available: ${reasons}. no new claims to deallocate, preemption: 0/1 nodes are available: ${preemption}.`;
}

/** Undefined when a pod can have the volume of the claim of that name. */
export function claimMisfit(name: string, claim: KubeObject | undefined): Misfit | undefined {
  const subject = `persistentvolumeclaim ${JSON.stringify(name)}`;
  let why: string;
  if (claim === undefined) why = `${subject} not found`;
  else if (claim.metadata.deletionTimestamp !== undefined) why = `${subject} is being deleted`;
  else if (claim.status?.phase !== 'Bound') why = 'pod has unbound immediate PersistentVolumeClaims';
  else return undefined;
  return `0/1 nodes are available: ${why}. not found`;
}

function selects({ spec }: KubeObject, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined) return true;
  return terms.some(({ matchExpressions = [], matchFields = [] }: KubeObject['spec']) => {
    const fields: Record<string, string> = { 'metadata.name': node.metadata.name };
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((wanted: Requirement) => satisfies(labels[wanted.key], wanted)) &&
      matchFields.every((wanted: Requirement) => satisfies(fields[wanted.key], wanted))
    );
  });
}
