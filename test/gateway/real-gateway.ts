/** The real grpc-gateway for this project's own services: generated, built with Go, and run in front of a gRPC port. */

import { execFile, execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Program, REPOSITORY, startCommand } from '../support/program.js';

const SOURCES = join(REPOSITORY, 'test/gateway/real');

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

/** Starts the gateway in front of `host:port`; answers its URL. */
export async function startGateway(program: string, address: string): Promise<{ url: string; process: Program }> {
  const process = startCommand('gateway', [program, address]);
  const [, url = ''] = await process.seen('stdout', /^ready at (\S+)$/m);
  return { url, process };
}
