import { configMap } from './config-map.js';
import { event } from './event.js';
import { job } from './job.js';
import { kindFields } from './fields-meta.js';
import type { Kind, KindDefinition } from './kind.js';
import { namespace } from './namespace.js';
import { node } from './node.js';
import { persistentVolumeClaim } from './persistent-volume-claim.js';
import { pod } from './pod.js';
import { resourceQuota } from './resource-quota.js';
import { secret } from './secret.js';
import { service } from './service.js';
import { resourceNamed } from '../store/resources.js';

const definitions: Readonly<Record<string, KindDefinition>> = {
  configmaps: configMap,
  events: event,
  jobs: job,
  namespaces: namespace,
  nodes: node,
  persistentvolumeclaims: persistentVolumeClaim,
  pods: pod,
  resourcequotas: resourceQuota,
  secrets: secret,
  services: service,
};
const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries(definitions).map(([name, definition]) => {
    const resource = resourceNamed(name);
    return [name, { ...definition, resource, schema: kindFields(resource.kind, definition.fields) }];
  }),
);

/** The kind of the resource; throws if there is none, which is a mistake in the program. */
export function kindOf(resource: string): Kind {
  const kind = kinds.get(resource);
  if (kind === undefined) throw new Error(`no kind belongs to resource ${JSON.stringify(resource)}`);
  return kind;
}
