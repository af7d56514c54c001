/** The options that say something instead of a task file, by the names that the server has for them. */

const OPTIONS: Readonly<Record<string, string>> = {
  name: '--name',
  num_nodes: '--num-nodes',
  cpus: '--cpus',
  memory: '--memory',
  accelerators: '--gpus',
  image_id: '--image',
};

/** The option that the field of a message stands for, such as `--gpus`; undefined for a field of a file. */
export function optionOf(field: string): string | undefined {
  const [, kind, name] = /^overrides\.(\w+)(?:\.(\w+))?$/.exec(field) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'envs' || kind === 'secrets') return `--${kind.slice(0, -1)} ${name}`;
  return Object.hasOwn(OPTIONS, kind) ? OPTIONS[kind] : undefined;
}

/** `overrides.cpus: words` with the name of the option; any other text as it is. */
export function withOptionName(text: string): string {
  const [whole, field = ''] = /^(overrides\.[\w.]+): /.exec(text) ?? [''];
  const option = optionOf(field);
  return option === undefined ? text : `${option}: ${text.slice(whole.length)}`;
}
