import { thousandths } from '../kinds/quantity.js';
import { type Requirement, satisfies } from '../kinds/requirement.js';
import type { KubeObject } from '../store/object.js';

/** Why a pod cannot be put on a node, in the words of the scheduler. */
export type Misfit = string;

/** What is not to be mended by ending other pods. */
const unhelpful = '1 Preemption is not helpful for scheduling';
/** What might be, had other pods a lower priority. */
const noVictims = '1 No preemption victims found for incoming pod';

const onePod = thousandths('1');

/** What pods take of a node's resources, in thousandths; `pods` is their number. */
export class Requests {
  readonly #amounts = new Map<string, bigint>();

  constructor(pods: readonly KubeObject[] = []) {
    for (const pod of pods) this.add(pod);
  }

  /** Adds what one pod more takes. */
  add({ spec }: KubeObject): void {
    this.#add('pods', onePod);
    for (const { resources } of spec.containers ?? []) {
      for (const [name, quantity] of Object.entries(requested(resources))) this.#add(name, thousandths(quantity));
    }
  }

  /** How much is taken of a resource. */
  of(name: string): bigint {
    return this.#amounts.get(name) ?? 0n;
  }

  [Symbol.iterator](): Iterator<[name: string, amount: bigint]> {
    return this.#amounts[Symbol.iterator]();
  }

  #add(name: string, amount: bigint): void {
    this.#amounts.set(name, this.of(name) + amount);
  }
}

function requested(resources: KubeObject['spec']): Record<string, string> {
  return { ...resources?.limits, ...resources?.requests };
}

/** Undefined when the pod can run on the node beside those that are there already, which take what is `used`. */
export function misfit(pod: KubeObject, node: KubeObject, used: Requests): Misfit | undefined {
  if (!selects(pod, node)) return unavailable("1 node(s) didn't match Pod's node affinity/selector", unhelpful);
  const lacking: string[] = [];
  let tooLarge = false;
  for (const [name, amount] of new Requests([pod])) {
    const capacity = thousandths(node.status?.allocatable?.[name] ?? '0');
    if (amount > 0n && amount + used.of(name) > capacity) lacking.push(name);
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
