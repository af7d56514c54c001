/** Which of a task's alternatives it gets, and on which machines it may run. */

import type { Resources } from '../../../taskfile/task-spec.js';
import type { Amounts, ClusterFacts, MachineFacts } from './cluster-facts.js';
import { canonicalGpuName, gpuOf, type LabelMatch } from './gpu-names.js';

/** Labels that a machine must have, all of them: each with one of its values. */
export type NodeTerm = readonly { readonly key: string; readonly values: readonly string[] }[];

/** What was chosen. */
export interface Choice {
  readonly resources: Resources;
  /** A machine has to fit one of them; none where any machine will do. */
  readonly nodeTerms: readonly NodeTerm[];
  readonly warnings: readonly string[];
}

/** Why nothing could be chosen. */
export interface NoChoice {
  readonly problem: string;
}

/**
 * The first alternative that the cluster can give at once, else the first that it has at all. Without the permission to look at
 * machines it is the first, with a warning.
 */
export function choose(
  alternatives: readonly Resources[],
  numNodes: number,
  machines: readonly MachineFacts[] | 'unknown',
  amountOf: ClusterFacts['amountOf'],
): Choice | NoChoice {
  const [first] = alternatives;
  if (first === undefined) throw new Error('a task has at least one alternative');
  const several = alternatives.length > 1;
  if (machines === 'unknown') {
    const said = several
      ? [`took the first alternative, ${wordsFor(first)}: this server may not look at the machines`]
      : [];
    return { resources: first, nodeTerms: [], warnings: [...said, ...untyped(first)] };
  }
  const possible = alternatives.flatMap((resources) => {
    const fitting = machinesFor(resources, machines);
    return resources.gpuType !== undefined && fitting.length === 0 ? [] : [{ resources, fitting }];
  });
  const now = possible.find(({ resources, fitting }) => room(resources, fitting, amountOf, 'free') >= numNodes);
  const ever = possible.find(({ resources, fitting }) => room(resources, fitting, amountOf, 'capacity') >= numNodes);
  const chosen = now ?? ever ?? possible[0];
  if (chosen === undefined) return { problem: problemOf(alternatives, machines) };
  const { resources, fitting } = chosen;
  const why = now ? 'the first that the cluster can give now' : 'none can be given now, so the task waits for it';
  return {
    resources,
    nodeTerms: resources.gpuType === undefined ? [] : termsOf(fitting),
    warnings: [
      ...(several ? [`took ${wordsFor(resources)} of ${alternatives.length} alternatives: ${why}`] : []),
      ...(ever ? [] : [tooLarge(resources, room(resources, fitting, amountOf, 'capacity'), numNodes)]),
    ],
  };
}

/** Not refused: an autoscaler may add machines. */
function tooLarge(resources: Resources, nodes: number, numNodes: number): string {
  return `the cluster's machines, were they empty, have room for ${nodes} of ${numNodes} nodes with ${wordsFor(resources)}: the task waits until there are more`;
}

function untyped({ gpuType, gpus }: Resources): readonly string[] {
  return gpuType === undefined
    ? []
    : [
        `this server may not look at the machines: the task gets ${gpus} of whatever GPUs the cluster has, not only ${gpuType}`,
      ];
}

/** The machines that could ever run it, by the kind of GPU: all where none is named. */
function machinesFor({ gpuType }: Resources, machines: readonly MachineFacts[]): readonly MachineFacts[] {
  if (gpuType === undefined) return machines;
  const wanted = canonicalGpuName(gpuType);
  return machines.filter(({ labels, capacity }) => capacity.gpus > 0 && gpuOf(labels)?.name === wanted);
}

/** How many nodes of the task the machines have room for. */
function room(
  resources: Resources,
  machines: readonly MachineFacts[],
  amountOf: ClusterFacts['amountOf'],
  which: 'free' | 'capacity',
): number {
  const wanted: Amounts = {
    cpus: resources.cpus === undefined ? 0 : amountOf(resources.cpus),
    memory: resources.memory === undefined ? 0 : amountOf(resources.memory),
    gpus: resources.gpus,
  };
  return machines.reduce((sum, { free, capacity }) => sum + fits(wanted, (which === 'free' && free) || capacity), 0);
}

function fits(wanted: Amounts, there: Amounts): number {
  const counts = (['cpus', 'memory', 'gpus'] as const).flatMap((name) =>
    wanted[name] > 0 ? [Math.floor(there[name] / wanted[name])] : [],
  );
  return Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, ...counts));
}

/** One term for each label that names the GPU, with all the values that mean it; a second label where the first alone does not tell. */
function termsOf(machines: readonly MachineFacts[]): readonly NodeTerm[] {
  const terms = new Map<string, { first: LabelMatch; values: Set<string>; rest: readonly LabelMatch[] }>();
  for (const { labels } of machines) {
    const [first, ...rest] = gpuOf(labels)?.labels ?? [];
    if (first === undefined) continue;
    const id = JSON.stringify([first.key, rest]);
    const term = terms.get(id) ?? { first, values: new Set<string>(), rest };
    term.values.add(first.value);
    terms.set(id, term);
  }
  return [...terms.values()].map(({ first, values, rest }) => [
    { key: first.key, values: [...values].toSorted() },
    ...rest.map(({ key, value }) => ({ key, values: [value] })),
  ]);
}

/** The GPUs that the cluster has, in words: `A100-80GB (3 of 8 free), L4 (2)`. */
export function gpusInWords(machines: readonly MachineFacts[]): string {
  const kinds = new Map<string, { all: number; free: number | undefined }>();
  for (const { labels, capacity, free } of machines) {
    if (capacity.gpus === 0) continue;
    const name = gpuOf(labels)?.name ?? 'GPUs without a name';
    const { all, free: before } = kinds.get(name) ?? { all: 0, free: 0 };
    const left = free === undefined || before === undefined ? undefined : before + Math.max(0, free.gpus);
    kinds.set(name, { all: all + capacity.gpus, free: left });
  }
  return [...kinds]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { all, free }]) => `${name} (${free === undefined ? all : `${free} of ${all} free`})`)
    .join(', ');
}

function problemOf(alternatives: readonly Resources[], machines: readonly MachineFacts[]): string {
  const names = [...new Set(alternatives.map(({ gpuType }) => gpuType ?? ''))].join(' or ');
  const there = gpusInWords(machines);
  return there === ''
    ? `no machine of the cluster has the GPU ${names}, or any other; leave accelerators out`
    : `no machine of the cluster has the GPU ${names}; there are ${there}; name one of these, or only a count`;
}

function wordsFor({ gpus, gpuType, cpus, memory }: Resources): string {
  const parts = [
    ...(gpus > 0 ? [`accelerators ${gpuType === undefined ? gpus : `${gpuType}:${gpus}`}`] : []),
    ...(cpus === undefined ? [] : [`cpus ${cpus}`]),
    ...(memory === undefined ? [] : [`memory ${memory}`]),
  ];
  return parts.length === 0 ? 'the one without requests' : parts.join(', ');
}
