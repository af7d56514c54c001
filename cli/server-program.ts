import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Command and arguments of the server's program. It lies beside this one: built, or as source when this runs from source. */
export function serverProgram(): readonly string[] {
  const built = fileURLToPath(new URL('../server/main.js', import.meta.url));
  if (existsSync(built)) return [process.execPath, built];
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL('../server/main.ts', import.meta.url))];
}
