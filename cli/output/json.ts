import type { Io } from '../io.js';

/** Prints a message of the server as the REST interface writes it; `compact` on one line. `typeName` as in the protos. */
export async function printJson(io: Io, typeName: string, message: object, compact = false): Promise<void> {
  const { toRestJson } = await import('../../client/rest-json.js');
  await io.out(`${JSON.stringify(toRestJson(typeName, message), null, compact ? undefined : 2)}\n`);
}
