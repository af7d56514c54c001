import type { Io } from '../io.js';
import { isStructured, type OutputFormat } from '../options.js';
import { printDocument } from './structured.js';
import { formatTable, type Layout } from './table.js';

/** A Kubernetes object. */
type KubernetesObject = Readonly<Record<string, unknown>>;

/**
 * Prints Kubernetes objects: in full as a List of JSON or as documents of YAML, the way kubectl takes them; `kind/name` for `name`;
 * otherwise as a table.
 */
export async function printObjects(
  io: Io,
  format: OutputFormat,
  objects: readonly KubernetesObject[],
  layout: Layout,
): Promise<void> {
  if (format === 'json') return printDocument(io, format, { apiVersion: 'v1', kind: 'List', items: objects });
  if (isStructured(format)) {
    for (const object of objects) await printDocument(io, format, object, { compact: true });
    return;
  }
  const rows = objects.map((object) => [String(object['kind']), nameOf(object)] as const);
  const text =
    format === 'name'
      ? rows.map(([kind, name]) => `${kind.toLowerCase()}/${name}\n`).join('')
      : formatTable([{ heading: 'KIND' }, { heading: 'NAME' }], rows, layout);
  await io.out(text);
}

function nameOf({ metadata }: KubernetesObject): string {
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata ? String(metadata.name) : '';
}
