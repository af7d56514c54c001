import { startProgram, type Program } from './program.js';

/** How a server is started. */
export interface ServerOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** A server that is ready. */
export interface Server {
  readonly url: string;
  /** The line that said that it is ready. */
  readonly readyLine: string;
  readonly program: Program;
}

/** Starts k8s-cli-server ; resolves when it is ready. */
export async function startServer({ kubeconfig, namespace, port }: ServerOptions): Promise<Server> {
  const args = [
    '--port',
    String(port),
    '--cluster',
    'kubeconfig',
    '--kubeconfig',
    kubeconfig,
    '--namespace',
    namespace,
  ];
  const program = startProgram('server', args);
  const [readyLine, url = ''] = await program.seen('stdout', /^k8s-cli-server \S+ ready at (\S+) \(.*\)$/m);
  return { url, readyLine, program };
}
