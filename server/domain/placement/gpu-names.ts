/**
 * What a GPU is called, from the labels that nodes carry. Each tool that labels nodes has a spelling of its own; all are brought to
 * the one that task files use: `H100`, `A100-80GB`, `RTX4090`.
 */

/** Labels that name a GPU, the most exact first, and those that say how much memory (MiB) it has beside them. */
const NAME_LABELS = [
  'nvidia.com/gpu.product',
  'cloud.google.com/gke-accelerator',
  'gpu.nvidia.com/class',
  'nebius.com/gpu-name',
  'karpenter.k8s.aws/instance-gpu-name',
  'skypilot.co/accelerator',
] as const;
const MEMORY_LABELS = [
  'nvidia.com/gpu.memory',
  'gpu.nvidia.com/vram',
  'karpenter.k8s.aws/instance-gpu-memory',
] as const;

/** Makers, families and ways of mounting: the same GPU for whoever asks for one. */
const NOISE =
  /^(?:NVIDIA|TESLA|GEFORCE|QUADRO|GPU|SXM\d*|PCIE|PCI|HBM\d*E?|NVLINK|SHARED|SERVER|EDITION|GENERATION|ADA|BLACKWELL|WORKSTATION)$/;
const MEMORY = /^(\d+)G[BI]?$/;
/** Models of which there are several sizes: the larger one has its size in its name. */
const LARGE: Readonly<Record<string, number>> = { A100: 80, V100: 32 };

/** A label of a node that, with its value, means one kind of GPU. */
export interface LabelMatch {
  readonly key: string;
  readonly value: string;
}

/** The kind of GPU of a node, and the labels that say so; undefined for a node that names none. */
export interface NodeGpu {
  readonly name: string;
  readonly labels: readonly LabelMatch[];
}

/** The kind of GPU that a node's labels name. */
export function gpuOf(labels: Readonly<Record<string, string>>): NodeGpu | undefined {
  const key = NAME_LABELS.find((name) => (labels[name] ?? '') !== '');
  if (key === undefined) return undefined;
  const value = labels[key] ?? '';
  const { model, gigabytes } = split(value);
  if (model === '') return undefined;
  const named = { key, value };
  if (gigabytes !== undefined || LARGE[model] === undefined)
    return { name: withSize(model, gigabytes), labels: [named] };
  // The name alone leaves open which of two sizes it is.
  const memoryKey = MEMORY_LABELS.find((name) => /^\d+$/.test(labels[name] ?? ''));
  if (memoryKey === undefined) return { name: model, labels: [named] };
  const memory = labels[memoryKey] ?? '';
  const amount = memoryKey === 'gpu.nvidia.com/vram' ? Number(memory) : Number(memory) / 1024;
  return { name: withSize(model, amount), labels: [named, { key: memoryKey, value: memory }] };
}

/** The name that a task file gives, as {@link gpuOf} spells it. */
export function canonicalGpuName(name: string): string {
  const { model, gigabytes } = split(name);
  return withSize(model, gigabytes);
}

function split(text: string): { model: string; gigabytes: number | undefined } {
  let gigabytes: number | undefined;
  const words: string[] = [];
  for (const word of text.toUpperCase().split(/[^A-Z0-9]+/)) {
    const memory = MEMORY.exec(word);
    if (memory !== null) gigabytes = Number(memory[1]);
    else if (word !== '' && !NOISE.test(word)) words.push(word);
  }
  // `RTX 4090`, `RTX-A6000`: the family belongs to the model, as task files have it; what follows a model is a variant.
  const [first = '', second, ...rest] = words;
  const model = first === 'RTX' && second !== undefined ? [`RTX${second}`, ...rest] : words;
  return { model: model.join('-').replace(/^RTX(A\d{4})/, '$1'), gigabytes };
}

function withSize(model: string, gigabytes: number | undefined): string {
  const large = LARGE[model];
  // Labels and tools round: 79 GiB is what an 80 GB one has left.
  return large !== undefined && gigabytes !== undefined && gigabytes > large * 0.75 ? `${model}-${large}GB` : model;
}
