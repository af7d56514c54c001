import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TaskState } from '../../../../gen/k8scli/v1/task.js';
import { type ScriptedServer, startScriptedServer, task } from '../../client/support/scripted-server.js';
import { type CliOptions, type CliResult, createSandbox, type Sandbox } from './cli.js';

/** A task of two nodes of which the second failed first. */
export const FAILED = task({
  status: 'failed',
  state: TaskState.FAILED,
  startedAt: { seconds: 1_700_000_010n, nanos: 0 },
  finishedAt: { seconds: 1_700_000_030n, nanos: 0 },
  metadata: { numNodes: 2, failedNodes: 2, namespace: 'default', nodeJobs: ['j0', 'j1'] },
  nodes: [
    { index: 0, state: TaskState.FAILED, exitCode: 137, finishedAt: { seconds: 1_700_000_030n, nanos: 0 } },
    { index: 1, state: TaskState.FAILED, exitCode: 3, finishedAt: { seconds: 1_700_000_020n, nanos: 0 } },
  ],
  diagnosis: { category: 'ExitCode', cause: 'exit code 3', node: 1, fix: 'look at the last lines of its log' },
});

/** A scripted server and a sandbox for each test of a suite. */
export interface Fixture {
  readonly server: ScriptedServer;
  readonly dir: string;
  serve(scripts: Parameters<typeof startScriptedServer>[0]): Promise<void>;
  cli(argv: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Writes a task file and returns its path. */
  taskFile(text?: string): string;
}

/** Makes the fixture of the suite it is called in; the server is started by `serve` and closed after each test. */
export function useServer(): Fixture {
  let server: ScriptedServer | undefined;
  let sandbox: Sandbox;
  const running = (): ScriptedServer => {
    if (server === undefined) throw new Error('call serve() first');
    return server;
  };

  beforeEach(() => {
    sandbox = createSandbox(() => ({ K8S_CLI_API_URL: running().url }));
  });

  afterEach(async () => {
    sandbox.remove();
    await server?.close();
    server = undefined;
  });

  return {
    get server() {
      return running();
    },
    get dir() {
      return sandbox.dir;
    },
    serve: async (scripts) => {
      // A test may want another one than its group.
      await server?.close();
      server = await startScriptedServer(scripts);
    },
    cli: (argv, options) => sandbox.cli(argv, options),
    taskFile: (text = 'run: date\n') => {
      const path = join(sandbox.dir, 'task.yaml');
      writeFileSync(path, text);
      return path;
    },
  };
}
