import { randomBytes } from 'node:crypto';
import type { V1NodeList } from '@kubernetes/client-node';
import { hasCode } from '../../server/kubernetes/api/errors.js';
import type { KubeClient } from '../../server/kubernetes/api/client.js';
import { eventually } from './eventually.js';
import { connect, inNamespace, type Kubernetes } from './kubernetes.js';
import { startProgram, type Program } from './program.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

/** The cluster that the tests run against: that of K8S_CLI_E2E_KUBECONFIG, else an embedded one that is started for them. */
const given = process.env['K8S_CLI_E2E_KUBECONFIG'];
/** Whether that is a real Kubernetes: it pulls images, asks webhooks and has service accounts. */
export const REAL = given !== undefined;

interface Target {
  readonly kubeconfig: string;
  readonly client: KubeClient;
}

let target: Target | undefined;
let embedded: { readonly program: Program; readonly data: TemporaryFolder } | undefined;

// Evaluated while mocha reads the first file that needs a cluster: these belong to the whole run.
before('a cluster', async () => {
  const kubeconfig = given ?? (await startEmbedded());
  target = { kubeconfig, client: connect(kubeconfig) };
});

after('the cluster', async () => {
  await target?.client.close();
  await embedded?.program.stop();
  embedded?.data.remove();
});

async function startEmbedded(): Promise<string> {
  const data = createTemporaryFolder();
  const program = startProgram('cluster', ['--data-dir', data.path]);
  embedded = { program, data };
  const [, kubeconfig = ''] = await program.seen('stdout', /^ready (.+)$/m);
  return kubeconfig;
}

/** The data directory of the embedded cluster that was started for the tests; undefined with another cluster. */
export function embeddedData(): string | undefined {
  return embedded?.data.path;
}

/** Path of the cluster's kubeconfig. Only inside hooks and tests. */
export function targetKubeconfig(): string {
  if (!target) throw new Error('the cluster is there only while tests run');
  return target.kubeconfig;
}

/** Whether pods can have volumes: not on an embedded cluster whose machine allows no namespaces. */
async function canMount(): Promise<boolean> {
  const { client } = target ?? { client: connect(targetKubeconfig()) };
  const { body } = await client.request<V1NodeList>({ method: 'GET', path: '/api/v1/nodes' });
  return body.items.every(({ metadata }) => !metadata?.annotations?.['embedded.k8s-cli/isolation']?.startsWith('none'));
}

/** A test of something that needs volumes; left out where pods cannot have any. */
export function itWithVolumes(title: string, test: () => Promise<void>): void {
  it(title, async function () {
    if (await canMount()) await test();
    else this.skip();
  });
}

/** Makes an empty namespace. */
export async function createNamespace(): Promise<Kubernetes> {
  const { client } = target ?? { client: connect(targetKubeconfig()) };
  const name = `e2e-${randomBytes(4).toString('hex')}`;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await client.request({ method: 'POST', path: '/api/v1/namespaces', body });
  if (REAL) {
    // Pods are refused until it is there, and the Job controller then waits for long before it tries again.
    const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    await eventually(() => client.request({ method: 'GET', path, retry: false }));
  }
  return inNamespace(client, name);
}

/** Removes a namespace and all that is in it; does not wait for the end of that. */
export async function removeNamespace({ client, namespace }: Kubernetes): Promise<void> {
  try {
    await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  } catch (error) {
    if (!hasCode(error, 404)) throw error;
  }
}
