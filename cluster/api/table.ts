import type { Column, Kind } from '../kinds/kind.js';
import { kindOf } from '../kinds/registry.js';
import type { KubeObject } from '../store/object.js';
import { apiVersionOf } from '../store/resources.js';
import type { Form } from './accept.js';

/** What rows carry beside their cells (`includeObject`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The metadata of an object, as an object of its own. */
export function partialObject({ metadata }: KubeObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** Objects as a Table; `header` is whether the columns are described (only in the first event of a watch). */
export function tableOf(
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: Record<string, unknown>,
  options: { include: IncludeObject; header: boolean },
): unknown {
  const now = Date.now();
  const rows = objects.map((object) => ({
    cells: kind.columns.map((column) => column.cell(object, now)),
    ...row(object, options.include),
  }));
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: options.header ? kind.columns.map(definition) : [],
    rows,
  };
}

function row(object: KubeObject, include: IncludeObject): { object?: unknown } {
  if (include === 'None') return {};
  return { object: include === 'Object' ? object : partialObject(object) };
}

function definition({ name, wide }: Column): unknown {
  return { name, type: 'string', format: name === 'Name' ? 'name' : '', description: '', priority: wide ? 1 : 0 };
}

/** The value of the `includeObject` parameter. */
export function includeObject(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

/** One object in the form the client asked for. */
export function render(object: KubeObject, form: Form, resource: string, query: URLSearchParams): unknown {
  if (form === 'PartialObjectMetadata') return partialObject(object);
  if (form === 'Object') return object;
  const { resourceVersion } = object.metadata;
  return tableOf(kindOf(resource), [object], { resourceVersion }, { include: includeObject(query), header: true });
}

/** A list in the form the client asked for. */
export function renderList(
  objects: readonly KubeObject[],
  metadata: Record<string, unknown>,
  form: Form,
  resource: string,
  query: URLSearchParams,
): unknown {
  const kind = kindOf(resource);
  if (form === 'Table') return tableOf(kind, objects, metadata, { include: includeObject(query), header: true });
  if (form === 'PartialObjectMetadata') {
    const items = objects.map(partialObject);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  // The items of a typed list do not repeat what they are.
  const items = objects.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
  return { kind: kind.resource.listKind, apiVersion: apiVersionOf(kind.resource), metadata, items };
}
