import { claimProtection, defaultStorageClass } from '../kinds/persistent-volume-claim.js';
import { type KubeObject, removeFinalizer } from '../store/object.js';
import { keyOf, splitKey } from '../store/table.js';
import type { ControllerContext } from './context.js';
import { runController } from './controller.js';

const source = 'persistentvolume-controller';
const provisioner = 'kubernetes.io/host-path';

/**
 * Gives claims of the default class a volume at once, says of others why they have none, and lets deleted claims go
 * when no pod that was scheduled mounts them, an ended one neither. Runs until the signal fires.
 */
export function startVolumeController(context: ControllerContext): void {
  runController(context, {
    name: 'volume controller',
    resources: ['persistentvolumeclaims', 'pods'],
    keysOf: ({ type, resource, object }) => {
      if (resource === 'pods') {
        return type === 'DELETED' ? claimsOf(object).map((name) => `${object.metadata.namespace}/${name}`) : [];
      }
      return type === 'DELETED' ? [] : [keyOf(object.metadata)];
    },
    sync: (key) => sync(context, key),
  });
}

function sync(context: ControllerContext, key: string): void {
  const claim = context.store.get('persistentvolumeclaims', ...splitKey(key));
  if (claim === undefined) return;
  if (claim.metadata.deletionTimestamp !== undefined) release(context, claim);
  else if (claim.status?.phase !== 'Bound') provision(context, claim);
}

function provision({ store, events }: ControllerContext, claim: KubeObject): void {
  const { storageClassName = '' } = claim.spec;
  if (storageClassName !== defaultStorageClass) {
    const type = storageClassName === '' ? 'Normal' : 'Warning';
    const reason = storageClassName === '' ? 'FailedBinding' : 'ProvisioningFailed';
    const message =
      storageClassName === ''
        ? 'no persistent volumes available for this claim and no storage class is set'
        : `storageclass.storage.k8s.io "${storageClassName}" not found`;
    events.record({ object: claim, type, reason, message, source });
    return;
  }
  const volumeName = `pvc-${claim.metadata.uid}`;
  const bound = store.update(claim, (draft) => {
    draft.spec.volumeName = volumeName;
    const { accessModes, resources } = draft.spec;
    draft.status = { phase: 'Bound', accessModes, capacity: { storage: resources.requests.storage } };
  });
  if (bound === undefined) return;
  const message = `Successfully provisioned volume ${volumeName} using ${provisioner}`;
  events.record({ object: claim, type: 'Normal', reason: 'ProvisioningSucceeded', message, source });
}

function release({ store }: ControllerContext, claim: KubeObject): void {
  const { namespace, name, finalizers } = claim.metadata;
  if (!finalizers?.includes(claimProtection)) return;
  const inUse = store
    .list('pods', namespace)
    .some((pod) => pod.spec.nodeName !== undefined && claimsOf(pod).includes(name));
  if (inUse) return;
  store.update(claim, (draft) => removeFinalizer(draft, claimProtection));
}

function claimsOf({ spec }: KubeObject): string[] {
  return (spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }: { persistentVolumeClaim?: { claimName: string } }) =>
      persistentVolumeClaim?.claimName ?? [],
  );
}
