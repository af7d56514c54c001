import { forbiddenField, invalidValue, noneOf, notSupported } from '../kinds/causes.js';
import { createObject } from '../kinds/create.js';
import { type Decoded, decode } from '../kinds/decode.js';
import type { Kind } from '../kinds/kind.js';
import { updatedObject } from '../kinds/update.js';
import { type KubeObject, type NewObject, isObject } from '../store/object.js';
import { textOf } from '../store/object-text.js';
import { apiVersionOf } from '../store/resources.js';
import { type StatusCause, StatusError, badRequest, invalid, invalidOptions } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { duplicateFields } from './duplicate-fields.js';
import { jsonPatch } from './patch/json.js';
import { mergePatch } from './patch/merge.js';
import { strategicPatch } from './patch/strategic.js';
import type { Target } from './paths.js';
import { type Answer, type ApiRequest, jsonBody, mediaType } from './request.js';
import { type View, render, viewOf } from './table.js';

const validations = ['', 'Ignore', 'Strict', 'Warn'];

/** A write in the making: of what, how it is to be answered, and what the client is to be warned of. */
interface Write extends View {
  store: Store;
  target: Target;
  /** How unknown fields are treated. */
  validation: string;
  dryRun: boolean;
  warnings: string[];
}

function begin(store: Store, request: ApiRequest, target: Target): Write {
  const { query } = request;
  const view = viewOf(request, target.resource);
  const dryRun = query.getAll('dryRun');
  const validation = query.get('fieldValidation') ?? '';
  const causes = [...unknownDryRun(dryRun), ...noneOf('fieldValidation', validation, validations)];
  if (causes.length > 0) throw invalidOptions(optionsOf(request), causes);
  return { ...view, store, target, validation, dryRun: dryRun.length > 0, warnings: [] };
}

/** The type of the options of a write. */
function optionsOf({ method }: ApiRequest): 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' {
  return method === 'POST' ? 'CreateOptions' : method === 'PUT' ? 'UpdateOptions' : 'PatchOptions';
}

/** What is wrong with the values of `dryRun`, of which `All` is the only one. */
export function unknownDryRun(values: readonly string[]): StatusCause[] {
  return values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];
}

/** Answers POST to a collection. */
export async function postObject(store: Store, request: ApiRequest, target: Target): Promise<Answer> {
  const write = begin(store, request, target);
  const object = await objectOf(write, request);
  const made = createObject(store, target.resource.name, object, write);
  write.warnings.push(...(write.kind.warnings?.(made) ?? []));
  return finish(write, 201, made);
}

/** Answers PUT of an object or its status. */
export async function putObject(store: Store, request: ApiRequest, target: Target): Promise<Answer> {
  const write = begin(store, request, target);
  const object = await objectOf(write, request);
  if (!object.metadata.name) {
    throw badRequest(`the name of the object (${target.name} based on URL) was undeterminable: name must be provided`);
  }
  return change(write, currentOf(write), object, true);
}

/** Answers PATCH of an object or its status, in three of the four formats. */
export async function patchObject(store: Store, request: ApiRequest, target: Target): Promise<Answer> {
  const write = begin(store, request, target);
  const patch = patcher(mediaType(request.headers['content-type']), write.kind);
  const body = parsedPatch(await request.body(), patch);
  const current = currentOf(write);
  const patched = patch({ ...current }, body) as Record<string, unknown>;
  let wanted: NewObject;
  try {
    wanted = decoded(write, patched);
  } catch (error) {
    throw error instanceof StatusError && error.code === 400 ? unfitPatch(patched, error) : error;
  }
  return change(write, current, wanted, false);
}

function currentOf({ store, target: { resource, namespace, name = '' } }: Write): KubeObject {
  return store.existing(resource.name, namespace, name);
}

function change(write: Write, current: KubeObject, wanted: NewObject, replaces: boolean): Answer {
  const { subresource } = write.target;
  const next = updatedObject(write.kind, current, wanted as KubeObject, { replaces, subresource });
  return finish(write, 200, write.dryRun ? next : write.store.replace(current, next));
}

function finish(write: Write, code: number, object: KubeObject): Answer {
  const body = write.form === 'Table' ? render(object, write) : `${textOf(object)}\n`;
  return { code, body, warnings: write.warnings };
}

/** The object in the body, in the namespace of the path. */
async function objectOf(write: Write, request: ApiRequest): Promise<NewObject> {
  const body = await jsonBody(request, write.kind.resource.kind);
  const object = decoded(write, body, duplicateFields((await request.body()).toString('utf8')));
  const { namespace } = write.target;
  if (namespace === undefined) return object;
  if (object.metadata.namespace !== undefined && object.metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  object.metadata.namespace = namespace;
  return object;
}

/** The 422 of a patch whose result is no object of the kind. */
function unfitPatch(patched: unknown, { message }: StatusError): StatusError {
  // What was wrong with the object, without what a client that has sent a patch cannot know.
  const why = message.replace(/^.* cannot be handled as an? \w+: /, '');
  return invalid({ kind: '', group: '' }, '', [invalidValue('patch', JSON.stringify(patched), why)]);
}

type Patcher = (current: Record<string, unknown>, patch: unknown) => unknown;

function patcher(type: string, kind: Kind): Patcher {
  if (type === 'application/json-patch+json') return jsonPatch;
  if (type === 'application/merge-patch+json') return mergePatch;
  if (type === 'application/strategic-merge-patch+json') {
    return (current, patch) => strategicPatch(kind.schema, current, patch);
  }
  const why = type.startsWith('application/apply-patch')
    ? 'server-side apply is not supported by the embedded cluster: use "kubectl apply" without --server-side'
    : '415: Unsupported Media Type';
  throw new StatusError(415, 'UnsupportedMediaType', why, {});
}

function parsedPatch(bytes: Buffer, patch: Patcher): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
  if (patch === jsonPatch || isObject(parsed)) return parsed;
  throw badRequest('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
}

/** The object as its kind, with unknown fields dropped, warned of or refused as `fieldValidation` says. */
function decoded(
  { kind, validation, warnings }: Write,
  input: Record<string, unknown>,
  duplicates: readonly string[] = [],
): NewObject {
  const { resource, schema } = kind;
  const { apiVersion = '', kind: kindName = '' } = input as { apiVersion?: unknown; kind?: unknown };
  const version = apiVersionOf(resource);
  const refuse = (why: string) =>
    badRequest(`${resource.kind} in version "v1" cannot be handled as a ${resource.kind}: ${why}`);
  if ((apiVersion !== '' && apiVersion !== version) || (kindName !== '' && kindName !== resource.kind)) {
    throw badRequest(
      `${String(kindName)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${resource.kind}: it is not a ` +
        `${resource.kind} of ${version}`,
    );
  }
  let result: Decoded;
  try {
    result = decode(schema, input);
  } catch (error) {
    throw error instanceof StatusError ? refuse(error.message) : error;
  }
  const unknown = [
    ...result.unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
    ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
  ];
  if (unknown.length > 0 && validation === 'Strict') throw refuse(`strict decoding error: ${unknown.join(', ')}`);
  const object = { metadata: {}, ...result.value, apiVersion: version, kind: resource.kind } as NewObject;
  if (result.refused.length > 0) {
    const causes = result.refused.map((path) => forbiddenField(path, 'the embedded cluster does not support it'));
    throw invalid(resource, object.metadata.name ?? '', causes);
  }
  if (validation !== 'Ignore') warnings.push(...unknown);
  warnings.push(...result.ignored.map((path) => `${path} has no effect in the embedded cluster`));
  return object;
}
