import { configMap } from './config-map.js';
import { event } from './event.js';
import { job } from './job.js';
import type { Kind } from './kind.js';
import { namespace } from './namespace.js';
import { node } from './node.js';
import { persistentVolumeClaim } from './persistent-volume-claim.js';
import { pod } from './pod.js';
import { resourceQuota } from './resource-quota.js';
import { secret } from './secret.js';
import { service } from './service.js';

const kinds: ReadonlyMap<string, Kind> = new Map(
  [configMap, event, job, namespace, node, persistentVolumeClaim, pod, resourceQuota, secret, service].map((kind) => [
    kind.resource.name,
    kind,
  ]),
);

/** The kind of the resource; throws if there is none, which is a mistake in the program. */
export function kindOf(resource: string): Kind {
  const kind = kinds.get(resource);
  if (kind === undefined) throw new Error(`no kind belongs to resource ${JSON.stringify(resource)}`);
  return kind;
}
