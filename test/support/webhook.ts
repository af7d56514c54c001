import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { loadCertificate } from '../../cluster/setup/certificate.js';
import type { Kubernetes } from './kubernetes.js';
import { createTemporaryFolder } from './temporary-folder.js';

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** A webhook that refuses objects of one kind in one namespace. */
export interface Webhook {
  /** Takes the webhook out of the cluster and closes it. */
  remove(): Promise<void>;
}

/**
 * Refuses the creation of Jobs or pods in a namespace, with these words. The API server has to run on this machine: the
 * webhook listens on loopback.
 */
export async function refuseByWebhook(
  { client, namespace }: Kubernetes,
  resource: 'jobs' | 'pods',
  message: string,
): Promise<Webhook> {
  const folder = createTemporaryFolder();
  const certificate = await loadCertificate(folder.path);
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    void text(request).then((body) => {
      const { request: review } = JSON.parse(body) as { request: { uid: string } };
      const answer = { uid: review.uid, allowed: false, status: { code: 403, message } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const name = `${namespace}.k8s-cli.test`;
  const webhook = {
    name,
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(certificate.cert).toString('base64') },
    rules: [
      {
        apiGroups: [resource === 'jobs' ? 'batch' : ''],
        apiVersions: ['v1'],
        operations: ['CREATE'],
        resources: [resource],
      },
    ],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
  };
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [webhook],
  };
  await client.request({ method: 'POST', path: CONFIGURATIONS, body });
  return {
    remove: async () => {
      await client.request({ method: 'DELETE', path: `${CONFIGURATIONS}/${name}` });
      server.closeAllConnections();
      server.close();
      folder.remove();
    },
  };
}
