/** The real grpc-gateway for this project's own services, generated and built with Go, for whoever compares the bridge with it. */

import { execFile, execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const REPOSITORY = join(SOURCES, '../..');

/** Whether this machine can build it. */
export function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Generates and builds the gateway in an empty folder; answers the path of the program. Its Go code is nowhere else. */
export async function buildGateway(folder: string): Promise<string> {
  cpSync(SOURCES, folder, { recursive: true });
  const run = promisify(execFile);
  // Where go.mod is, so that `go tool` finds the plugins in the versions that it pins.
  const template = ['--template', 'buf.gen.yaml', '--path', join(REPOSITORY, 'proto/k8scli'), '-o', folder];
  await run(join(REPOSITORY, 'node_modules/.bin/buf'), ['generate', REPOSITORY, ...template], { cwd: folder });
  const program = join(folder, 'gateway');
  await run('go', ['build', '-o', program, '.'], { cwd: folder });
  return program;
}
