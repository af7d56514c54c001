/** Routes -> OpenAPI operations. */

import { httpStatus } from '../bridge/response/http-status.js';
import { isBindable } from '../bridge/request/values.js';
import type { Route } from '../bridge/routes.js';
import type { Field, MessageType } from '../bridge/schema.js';
import { Code } from '../bridge/status.js';
import type { Comments } from './comments.js';
import { exampleOf } from './examples.js';
import { type JsonObject, object } from './json.js';
import type { MessageSchemas } from './message-schemas.js';
import type { Notes } from './notes.js';

/** What operations are made with. */
export interface OperationContext {
  readonly comments: Comments;
  readonly notes: Notes;
  readonly schemas: MessageSchemas;
}

/** `package.Service.Method` of a route. */
function methodOf(route: Route): string {
  return route.rpc.path.slice(1).replace('/', '.');
}

/** A route's path as OpenAPI writes it. */
export function openApiPath({ template }: Route): string {
  const starts = new Map(template.variables.map((variable) => [variable.start, variable]));
  const parts: string[] = [];
  for (let at = 0; at < template.segments.length; ) {
    const variable = starts.get(at);
    const segment = template.segments[at];
    parts.push(variable ? `{${variable.path}}` : typeof segment === 'object' ? segment.literal : '*');
    at = variable ? variable.end : at + 1;
  }
  return `/${parts.join('/')}${template.verb === '' ? '' : `:${template.verb}`}`;
}

/** The operation of a route. */
export function operationOf(route: Route, context: OperationContext): JsonObject {
  const { comments, notes } = context;
  const method = methodOf(route);
  const [service = '', name = ''] = method.split('.').slice(-2);
  const text = comments.get(method) ?? '';
  const security = notes.anonymous.has(method) ? { security: [] } : {};
  return object({
    operationId: name,
    tags: [service],
    summary: /^[^]*?\.(?= |$)/.exec(text)?.[0].slice(0, -1) ?? name,
    description: text.replace(ERRORS, '').trim(),
    ...security,
    parameters: parametersOf(route, context),
    requestBody: requestBodyOf(route, context),
    responses: { ...successOf(route, context), ...errorsOf(text, route, notes) },
  });
}

function parametersOf(route: Route, context: OperationContext): JsonObject[] {
  const { notes, schemas } = context;
  const inPath = route.bindings.map(({ name, field }) => parameter('path', name, field, true, schemas));
  const inQuery = route.body === '*' ? [] : [...queryParameters(route, route.rpc.input, [], schemas)];
  const headers = (notes.headers[methodOf(route)] ?? []).map(({ name, description, schema }) => ({
    name,
    in: 'header',
    description,
    schema,
  }));
  return [...inPath, ...inQuery, ...headers, { $ref: '#/components/parameters/Grpc-Timeout' }];
}

/** The fields that a query may set: all that neither path nor body do, those of messages by their path. */
function* queryParameters(
  route: Route,
  type: MessageType,
  path: readonly string[],
  schemas: MessageSchemas,
): Generator<JsonObject> {
  for (const field of type.fields) {
    const names = [...path, field.name];
    const name = names.join('.');
    if (route.bound.some((bound) => bound.join('.') === name)) continue;
    if (field.shape === 'map') yield mapParameter(name, field, schemas);
    else if (isBindable(field)) yield parameter('query', name, field, false, schemas);
    else if (field.message && field.shape === 'singular' && !path.includes(field.name)) {
      yield* queryParameters(route, field.message, names, schemas);
    }
  }
}

function parameter(where: string, name: string, field: Field, required: boolean, schemas: MessageSchemas): JsonObject {
  const { description, ...schema } = schemas.parameter(field);
  const example = schemas.example(field);
  return object({
    name,
    in: where,
    description,
    required: required || undefined,
    schema,
    example: field.message ? example : undefined,
  });
}

function mapParameter(name: string, field: Field, schemas: MessageSchemas): JsonObject {
  const { description, ...schema } = schemas.field(field, 'request');
  return object({ name, in: 'query', description, style: 'deepObject', explode: true, schema });
}

function requestBodyOf(route: Route, { notes, schemas }: OperationContext): JsonObject | undefined {
  const type = route.body === '*' ? route.rpc.input : route.body?.message;
  if (!type || !route.body) return undefined;
  const name = type.fullName.slice(type.fullName.lastIndexOf('.') + 1);
  const schema = route.body === '*' ? bodyWithoutPath(route, name, schemas) : schemas.field(route.body, 'request');
  const json = { schema, examples: { example: { value: exampleOf(type, 'request', schemas) } } };
  const bound = new Set(route.bindings.map(({ name }) => name));
  if (route.body === '*') {
    const example = exampleOf(type, 'request', schemas) as JsonObject;
    json.examples.example.value = Object.fromEntries(Object.entries(example).filter(([key]) => !bound.has(key)));
  }
  return object({
    required: type.fields.some((field) => !bound.has(field.name) && schemas.isRequired(field)) || undefined,
    content: { 'application/json': json, ...notes.bodies[methodOf(route)] },
  });
}

/** The request without what the path says already. */
function bodyWithoutPath(route: Route, name: string, schemas: MessageSchemas): JsonObject {
  const reference = schemas.message(route.rpc.input, 'request');
  if (route.bindings.length === 0) return reference;
  const bound = new Set(route.bindings.map(({ field }) => field.name));
  const whole = schemas.components[name] as JsonObject;
  const without = (value: unknown): JsonObject =>
    Object.fromEntries(Object.entries(value as JsonObject).filter(([key]) => !bound.has(key)));
  const required = ((whole['required'] ?? []) as string[]).filter((key) => !bound.has(key));
  return schemas.add(name, {
    ...object({ ...whole, required: undefined }),
    properties: without(whole['properties']),
    ...(required.length > 0 ? { required } : {}),
  });
}

function successOf(route: Route, { notes, schemas }: OperationContext): JsonObject {
  const { output, responseStream } = route.rpc;
  const method = methodOf(route);
  const raw = notes.rawBodies[method];
  if (raw) {
    const content = { [raw.contentType]: { schema: { type: 'string' }, example: raw.example } };
    return { '200': { description: 'Text, sent as it comes.', content } };
  }
  const type = route.responseBody?.message ?? output;
  const message = schemas.message(type, 'response');
  const example = exampleOf(type, 'response', schemas);
  if (!responseStream) {
    return { '200': { description: 'Success.', content: { 'application/json': { schema: message, example } } } };
  }
  const name = `${type.fullName.slice(type.fullName.lastIndexOf('.') + 1)}Line`;
  const line = schemas.add(name, {
    type: 'object',
    description: 'A line of a stream: a message, or the error that ends the stream.',
    properties: { result: message, error: { $ref: '#/components/schemas/Status' } },
    oneOf: [{ required: ['result'] }, { required: ['error'] }],
  });
  const text = JSON.stringify({ result: example });
  const events = { type: 'string', description: `Events whose data is a ${name} as JSON.` };
  const none = notes.noContent[method];
  return object({
    '200': {
      description: `A stream, sent as it comes: one ${name} a line or, for a caller that accepts them, an event.`,
      content: {
        'application/json': { schema: line, example: { result: example }, 'x-stream': 'one JSON value a line' },
        'text/event-stream': { schema: events, example: `data: ${text}\n\n` },
      },
    },
    '204': none === undefined ? undefined : { description: none },
  });
}

const STATUS: JsonObject = { $ref: '#/components/schemas/Status' };
const ERRORS = /\s*Errors: [^]*$/;
const CODES = new RegExp(`\\b(${Object.keys(Code).join('|')})\\b`, 'g');

/** The errors that a method's comment names behind `Errors:`, and those that every method has. */
function errorsOf(comment: string, route: Route, notes: Notes): JsonObject {
  const reasons = new Map<string, string>();
  const add = (code: string, text: string): void => {
    if (!reasons.has(code) || text !== '') reasons.set(code, text);
  };
  add('INVALID_ARGUMENT', 'the request cannot be read.');
  if (!notes.anonymous.has(methodOf(route))) add('UNAUTHENTICATED', `no ${notes.identity.header}, or not one name.`);
  if (route.body !== undefined) add('RESOURCE_EXHAUSTED', 'the request is too large.');
  const listed = (ERRORS.exec(comment)?.[0] ?? '').split(CODES);
  for (let at = 1; at < listed.length; at += 2) {
    add(
      listed[at] ?? '',
      (listed[at + 1] ?? '')
        .replace(/^[,;.\s]+|[,;.\s]+$/g, '')
        .concat('.')
        .replace(/^\.$/, ''),
    );
  }
  const statuses = new Map<number, string[]>();
  for (const code of reasons.keys()) {
    const status = httpStatus(Code[code as keyof typeof Code]);
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  const responses = [...statuses].map(([status, codes]) => {
    const description = codes
      .map((code) => `\`${code}\`${reasons.get(code) ? `: ${reasons.get(code)}` : '.'}`)
      .join(' ');
    return [String(status), { description, content: errorContent(codes, route, notes) }] as const;
  });
  const other = { description: 'Any other error.', content: errorContent(['UNAVAILABLE'], route, notes) };
  return { ...Object.fromEntries(responses), default: other };
}

/** A stream's own errors are lines, also where they are the only one; what is refused before it begins is not. */
function errorContent(codes: readonly string[], route: Route, notes: Notes): JsonObject {
  const known = codes.filter((code) => notes.errors[code]);
  const isLine = route.rpc.responseStream;
  const examples = Object.fromEntries(
    known.map((code) => [
      code,
      isLine ? { value: { error: notes.errors[code] ?? null } } : { $ref: `#/components/examples/${code}` },
    ]),
  );
  return {
    'application/json': object({
      schema: isLine ? { anyOf: [{ $ref: '#/components/schemas/ErrorLine' }, STATUS] } : STATUS,
      examples: known.length > 0 ? examples : undefined,
    }),
  };
}
