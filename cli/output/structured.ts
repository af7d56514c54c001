import type { Io } from '../io.js';
import type { StructuredFormat } from '../options.js';

/** How a document is written. */
export interface DocumentStyle {
  /** JSON on one line, for documents that follow one another; YAML documents are then told apart by `---`. */
  readonly compact?: boolean;
}

/** A message of the server as the REST interface writes it. `typeName` is its name in the protos. */
export async function restDocument(typeName: string, message: object): Promise<unknown> {
  const { toRestJson } = await import('../../client/rest-json.js');
  return toRestJson(typeName, message);
}

/** Prints such a message. */
export async function printMessage(
  io: Io,
  format: StructuredFormat,
  typeName: string,
  message: object,
  style?: DocumentStyle,
): Promise<void> {
  await printDocument(io, format, await restDocument(typeName, message), style);
}

/** Prints a value of JSON. */
export async function printDocument(
  io: Io,
  format: StructuredFormat,
  value: unknown,
  { compact = false }: DocumentStyle = {},
): Promise<void> {
  if (format === 'json') {
    await io.out(`${JSON.stringify(value, null, compact ? undefined : 2)}\n`);
    return;
  }
  const { stringify } = await import('../yaml.js');
  await io.out(`${compact ? '---\n' : ''}${stringify(value)}`);
}
