import { readdirSync } from 'node:fs';
import { startProgram, type Program } from './program.js';
import { createTemporaryFolder } from './temporary-folder.js';

/** Where the servers of this run keep logs: shared, as replicas may. */
const logs = createTemporaryFolder();
after('the kept logs', () => logs.remove());

/** How a server is started. */
export interface ServerOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Where it keeps logs; by default with the other servers. */
  readonly logDir?: string;
  /** More flags. */
  readonly flags?: readonly string[];
}

/** A server that is ready. */
export interface Server {
  readonly url: string;
  /** The line that said that it is ready. */
  readonly readyLine: string;
  readonly program: Program;
}

/** Starts k8s-cli-server ; resolves when it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { kubeconfig, namespace, port, logDir = logs.path, flags = [] } = options;
  const args = [
    '--port',
    String(port),
    '--cluster',
    'kubeconfig',
    '--kubeconfig',
    kubeconfig,
    '--namespace',
    namespace,
    '--log-dir',
    logDir,
    ...flags,
  ];
  const program = startProgram('server', args);
  const [readyLine, url = ''] = await program.seen('stdout', /^k8s-cli-server \S+ ready at (\S+) \(.*\)$/m);
  return { url, readyLine, program };
}

/** Where the servers of this run keep logs. */
export function keptLogsFolder(): string {
  return logs.path;
}

/** Paths of the logs that are kept of a task. */
export function keptLogs(taskId: string): string[] {
  return keptFiles(taskId, '.log');
}

/** Paths of what is noted about the beginnings of a task's logs. */
export function keptBeginnings(taskId: string): string[] {
  return keptFiles(taskId, '.began');
}

function keptFiles(taskId: string, ending: string): string[] {
  return readdirSync(logs.path, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.includes(`/${taskId}.`) && path.endsWith(ending),
  );
}
