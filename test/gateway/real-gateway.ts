import { type Program, startCommand } from '../support/program.js';

/** Starts a gateway that was built in front of `host:port`; answers its URL. */
export async function startGateway(program: string, address: string): Promise<{ url: string; process: Program }> {
  const process = startCommand('gateway', [program, address]);
  const [, url = ''] = await process.seen('stdout', /^ready at (\S+)$/m);
  return { url, process };
}
