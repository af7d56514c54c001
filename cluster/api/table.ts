import type { Column, Kind } from '../kinds/kind.js';
import { kindOf } from '../kinds/registry.js';
import type { KubeObject } from '../store/object.js';
import { type Resource, apiVersionOf } from '../store/resources.js';
import { StatusError } from '../store/status-error.js';
import type { ApiRequest } from './request.js';

/** How the client wants objects: as they are, or as rows of a table. */
type Form = 'Object' | 'Table';

const available =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/json;stream=watch, ' +
  'application/json;as=Table;v=v1;g=meta.k8s.io';

/** The first representation in the Accept header that is served; throws NotAcceptable (406). */
function acceptedForm(header: string | undefined): Form {
  if (header === undefined || header.trim() === '') return 'Object';
  for (const range of header.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    const as = given.get('as');
    if (as === undefined) return 'Object';
    if (as === 'Table' && given.get('g') === 'meta.k8s.io' && given.get('v') === 'v1') return 'Table';
  }
  throw new StatusError(406, 'NotAcceptable', available, {});
}

/** How a client wants the objects of a kind. */
export interface View {
  kind: Kind;
  form: Form;
  /** What rows carry beside their cells (`includeObject`). */
  include: 'Object' | 'Metadata' | 'None';
}

/** How the client wants objects of the resource; throws NotAcceptable (406). */
export function viewOf({ headers, query }: Pick<ApiRequest, 'headers' | 'query'>, { name }: Resource): View {
  const include = query.get('includeObject');
  return {
    kind: kindOf(name),
    form: acceptedForm(headers.accept),
    include: include === 'None' || include === 'Object' ? include : 'Metadata',
  };
}

/** One object in the form the client asked for. */
export function render(object: KubeObject, view: View): unknown {
  const { resourceVersion } = object.metadata;
  return view.form === 'Table' ? renderList([object], { resourceVersion }, view) : object;
}

/** A list in the form the client asked for. */
export function renderList(
  objects: readonly KubeObject[],
  metadata: Record<string, unknown>,
  { kind, form, include }: View,
): unknown {
  if (form === 'Table') {
    const now = Date.now();
    const rows = objects.map((object) => ({
      cells: kind.columns.map((column) => column.cell(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : metadataOf(object) }),
    }));
    const columnDefinitions = kind.columns.map(definition);
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
  }
  // The items of a typed list do not repeat what they are.
  const items = objects.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
  return { kind: `${kind.resource.kind}List`, apiVersion: apiVersionOf(kind.resource), metadata, items };
}

function metadataOf({ metadata }: KubeObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function definition({ name, wide }: Column): unknown {
  return { name, type: 'string', format: name === 'Name' ? 'name' : '', description: '', priority: wide ? 1 : 0 };
}
