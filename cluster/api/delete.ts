import { notSupported } from '../kinds/causes.js';
import { decode } from '../kinds/decode.js';
import { all, listOf, object, text } from '../kinds/schema.js';
import { type DeleteOptions, deleteObject } from '../store/deletion.js';
import type { KubeObject } from '../store/object.js';
import type { Resource } from '../store/resources.js';
import { badRequest, forbidden, invalidOptions } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { selection } from './list.js';
import type { Target } from './paths.js';
import { type Answer, type ApiRequest, integerParameter, jsonBody } from './request.js';
import { render, renderList, viewOf } from './table.js';
import { unknownDryRun } from './write.js';

const field = 'propagationPolicy';
const policies = ['Foreground', 'Background', 'Orphan'];
const optionFields = object('DeleteOptions', {
  ...all('text', 'propagationPolicy'),
  ...all('int', 'gracePeriodSeconds'),
  ...all('bool', 'orphanDependents'),
  dryRun: listOf(text),
  preconditions: object('Preconditions', all('text', 'uid resourceVersion')),
});
/** They are always there; deleting them would leave the cluster without a place to work in. */
const keptNamespaces = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** Answers DELETE of one object: with a Status when it is gone, with the object when it takes its time. */
export async function deleteOne(store: Store, request: ApiRequest, target: Target): Promise<Answer> {
  const { resource, namespace, name = '' } = target;
  const view = viewOf(request, resource);
  const options = await deleteOptions(request);
  refuseKept(resource, name);
  const current = store.existing(resource.name, namespace, name);
  const object = deleteObject(store, current, options) ?? current;
  // On trial it is still there in any case: whether it would take its time is seen by what it would look like.
  const stays = options.dryRun ? object.metadata.deletionTimestamp : store.current(current);
  const showsObject = stays !== undefined || view.kind.returnsDeleted === true;
  const body = showsObject ? render(object, view) : deleted(resource, object);
  return { code: 200, body, warnings: orphanWarning(resource, options) };
}

/** Answers DELETE of a collection, or of the part that is selected. */
export async function deleteCollection(store: Store, request: ApiRequest, target: Target): Promise<Answer> {
  const { resource, namespace } = target;
  const view = viewOf(request, resource);
  const options = await deleteOptions(request);
  const matches = selection(request.query, resource.name) ?? (() => true);
  const objects = store.list(resource.name, namespace).filter(matches);
  // What has gone with another one of them was wanted to go.
  for (const object of objects) deleteObject(store, object, options);
  const metadata = { resourceVersion: String(store.revision) };
  return { code: 200, body: renderList(objects, metadata, view), warnings: orphanWarning(resource, options) };
}

function deleted({ name: kind, group }: Resource, { metadata }: KubeObject): unknown {
  const details = { name: metadata.name, ...(group === '' ? {} : { group }), kind, uid: metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Jobs leave their pods behind unless told otherwise, which surprises most people. */
function orphanWarning({ name }: Resource, { propagationPolicy }: DeleteOptions): string[] {
  if (name !== 'jobs' || propagationPolicy !== undefined) return [];
  return [
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set ' +
      'propagationPolicy=Orphan to suppress this warning',
  ];
}

function refuseKept(resource: Resource, name: string): void {
  if (resource.name === 'namespaces' && keptNamespaces.has(name)) {
    throw forbidden(resource, name, 'this namespace may not be deleted');
  }
}

/** The options of the body; without a body, those of the query. */
async function deleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const hasBody = (await request.body()).length > 0;
  const given = hasBody ? await jsonBody(request, 'DeleteOptions') : fromQuery(request.query);
  const { orphanDependents, dryRun = [], ...rest } = decode(optionFields, given).value;
  if (orphanDependents !== undefined) throw badRequest('orphanDependents is not supported: use propagationPolicy');
  const options: DeleteOptions = rest;
  const { propagationPolicy } = options;
  const trial = dryRun as string[];
  const causes = unknownDryRun(trial);
  if (propagationPolicy !== undefined && !policies.includes(propagationPolicy)) {
    causes.unshift(notSupported(field, propagationPolicy, [...policies, 'nil']));
  }
  if (causes.length > 0) throw invalidOptions('DeleteOptions', causes);
  return { ...options, dryRun: trial.length > 0 };
}

function fromQuery(query: URLSearchParams): Record<string, unknown> {
  return {
    propagationPolicy: query.get(field),
    gracePeriodSeconds: integerParameter(query, 'gracePeriodSeconds'),
    orphanDependents: query.has('orphanDependents') || undefined,
    dryRun: query.getAll('dryRun'),
  };
}
