import { join } from 'node:path';
import { startProgram, type Program } from './program.js';
import type { TemporaryFolder } from './temporary-folder.js';

/** How a command line is run. */
export interface CliOptions {
  /** Name to act as. Default: alice. */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** Starts k8s-cli against a server; what it keeps goes into the folder, and nothing of the user's environment shows. */
export function startCli(
  home: TemporaryFolder,
  url: string,
  args: readonly string[],
  { user = 'alice', env, cwd, stdin }: CliOptions = {},
): Program {
  return startProgram('cli', args, {
    cwd,
    stdin,
    env: {
      HOME: home.path,
      XDG_CONFIG_HOME: join(home.path, 'config'),
      XDG_STATE_HOME: join(home.path, 'state'),
      K8S_CLI_API_URL: url,
      K8S_CLI_USER: user,
      ...env,
    },
  });
}
