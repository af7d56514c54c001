import { claimProtection, defaultStorageClass } from '../kinds/persistent-volume-claim.js';
import { changeKnown } from '../store/as-known.js';
import { type KubeObject, removeFinalizer } from '../store/object.js';
import { keyOf, splitKey } from '../store/table.js';
import type { ControllerContext } from './context.js';
import { WorkQueue } from './queue.js';

const source = 'persistentvolume-controller';
const provisioner = 'kubernetes.io/host-path';

/**
 * Gives claims of the default class a volume at once, says of others why they have none, and lets deleted claims go
 * when no pod that was scheduled mounts them, an ended one neither. Runs until the signal fires.
 */
export function startVolumeController(context: ControllerContext): void {
  const { store, signal } = context;
  const queue = new WorkQueue('volume controller', (key) => sync(context, key), signal);
  store.subscribe(
    ['persistentvolumeclaims', 'pods'],
    ({ type, resource, object }) => {
      if (resource === 'persistentvolumeclaims') {
        if (type !== 'DELETED') queue.add(keyOf(object.metadata));
        return;
      }
      if (type !== 'DELETED') return;
      for (const name of claimsOf(object)) queue.add(`${object.metadata.namespace}/${name}`);
    },
    signal,
  );
  for (const claim of store.list('persistentvolumeclaims')) queue.add(keyOf(claim.metadata));
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
  const bound = changeKnown(store, claim, (draft) => {
    draft.spec.volumeName = volumeName;
    Object.assign((draft.metadata.annotations ??= {}), {
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
      'volume.beta.kubernetes.io/storage-provisioner': provisioner,
      'volume.kubernetes.io/storage-provisioner': provisioner,
    });
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
  changeKnown(store, claim, (draft) => removeFinalizer(draft, claimProtection));
}

function claimsOf({ spec }: KubeObject): string[] {
  return (spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }: { persistentVolumeClaim?: { claimName: string } }) =>
      persistentVolumeClaim?.claimName ?? [],
  );
}
