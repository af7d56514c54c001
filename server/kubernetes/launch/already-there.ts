/** Finding out whether an object that cannot be created is there already. */

import type { KubeClient, KubeRequest, KubeResponse } from '../api/client.js';
import { isRefusal } from '../api/errors.js';

/**
 * The object of this path, whose creation has failed with `error`. That it is there is not always what the cluster says: quotas and
 * webhooks are asked first, and what is there may be what fills the quota. Throws the error where it is not there, and where it was no
 * refusal.
 */
export async function alreadyThere<T>(
  client: KubeClient,
  error: unknown,
  request: Pick<KubeRequest, 'path' | 'protobuf' | 'signal'>,
): Promise<KubeResponse<T>> {
  if (!isRefusal(error)) throw error;
  try {
    return await client.request<T>({ method: 'GET', ...request });
  } catch (failure) {
    // Who may not look, or finds nothing, is refused as before; of a cluster that does not answer it is not known.
    throw isRefusal(failure) ? error : failure;
  }
}
