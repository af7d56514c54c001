import { join } from 'node:path';
import type { NodeContext } from './context.js';

/** Where the content of a claim's volume is: a directory named by the claim's uid. */
export function volumeDirectory(dataDir: string, claimUid: string): string {
  return join(dataDir, 'volumes', claimUid);
}

/** The directory of a bound claim, undefined when there is none of that name. */
export function claimDirectory(
  { store, dataDir }: Pick<NodeContext, 'store' | 'dataDir'>,
  namespace: string | undefined,
  name: string,
): string | undefined {
  const claim = store.get('persistentvolumeclaims', namespace, name);
  return claim?.status?.phase === 'Bound' ? volumeDirectory(dataDir, claim.metadata.uid) : undefined;
}
