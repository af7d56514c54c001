import { expect } from 'chai';
import { eventually } from './eventually.js';
import type { Kubernetes } from './kubernetes.js';

/** Limits what a namespace may have, for example `{ pods: '0' }`; resolves when the cluster has counted what there is: then it holds. */
export async function createQuota(
  kubernetes: Kubernetes,
  name: string,
  hard: Readonly<Record<string, string>>,
): Promise<void> {
  const { client, namespace } = kubernetes;
  await kubernetes.create('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name },
    spec: { hard },
  });
  await eventually(async () => {
    const path = `/api/v1/namespaces/${namespace}/resourcequotas/${name}`;
    const { body } = await client.request<{ status?: { hard?: object } }>({ method: 'GET', path });
    expect(body.status?.hard).to.deep.equal(hard);
  });
}
