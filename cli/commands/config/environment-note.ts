import type { CommandContext } from '../../context.js';

/** Says that the environment names the server, where it does: the current context is then not asked for it. */
export async function noteEnvironment({ env, note }: CommandContext): Promise<void> {
  const url = env['K8S_CLI_API_URL'];
  if (url) await note(`k8s-cli: K8S_CLI_API_URL is set to ${url} and wins over the context\n`);
}
