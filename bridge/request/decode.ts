/** HTTP request -> request message: the body first, then path parameters, then the query. */

import { isWellFormed } from '../go/bytes.js';
import { asStatus } from '../json/as-status.js';
import { toFieldForm } from '../json/well-known.js';
import type { Marshaler } from '../marshaler.js';
import type { PathBinding, Route } from '../routes.js';
import type { Message, Value } from '../schema.js';
import { Code, StatusError } from '../status.js';
import { maskFromBody } from './field-mask.js';
import { populate, setField } from './populate.js';
import { applyParameters, parseParameters, type Parameters } from './query.js';
import { parsePathValue } from './values.js';

/** Turns bodies of one media type into (parts of) a request; undefined when it does not know the request's type. */
export type BodyDecoder = (body: Buffer, requestType: string) => Readonly<Record<string, unknown>> | undefined;

/** What a request message is made of. */
export interface RequestParts {
  readonly values: readonly string[];
  readonly query: string;
  readonly body: Buffer;
  /** What an HTML form said whose fields count as query parameters, the query included. */
  readonly form: Parameters | undefined;
  /** Why it cannot be told whether there is such a form. */
  readonly formError: string | undefined;
  readonly decoder: BodyDecoder | undefined;
  readonly marshaler: Marshaler;
}

/** Decodes a unary (or server-streaming) request. Throws INVALID_ARGUMENT with the gateway's text. */
export function decodeRequest(route: Route, parts: RequestParts): Message {
  const { input } = route.rpc;
  const message = decodeBody(route, parts);
  for (const [index, binding] of route.bindings.entries()) {
    applyBinding(route, message, binding, parts.values[index] ?? '');
  }
  if (route.hasQuery) {
    if (parts.formError !== undefined) throw new StatusError(Code.INVALID_ARGUMENT, parts.formError);
    const parameters: Parameters = parts.form ?? new Map();
    if (!parts.form && parts.query !== '') parseParameters(parts.query, parameters);
    if (parameters.size > 0) applyParameters(input, message, parameters, route.bound);
  }
  if (mayHoldBadBytes(parts) && !isUtf8Throughout(message)) {
    const what = 'grpc: error while marshaling: string field contains invalid UTF-8';
    throw new StatusError(Code.INTERNAL, what);
  }
  return message;
}

/** Whether there are bytes in the path or the parameters that can be anything but UTF-8. */
function mayHoldBadBytes({ values, query, form }: RequestParts): boolean {
  return form !== undefined || /[%\x80-\xff]/.test(query) || values.some((value) => !isWellFormed(value));
}

/** Whether all texts of a message, at any depth, came from UTF-8. */
function isUtf8Throughout(value: Value): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  const entries: Iterable<Value> = value instanceof Map ? value.entries() : Object.entries(value);
  for (const entry of entries) for (const part of entry) if (!isUtf8Throughout(part)) return false;
  return true;
}

/** A request with what the body says. */
function decodeBody(route: Route, { body, decoder, marshaler }: RequestParts): Message {
  const { input } = route.rpc;
  if (route.body === undefined) return toFieldForm(input, input.create());
  const decoded = decoder?.(body, input.fullName);
  if (decoded) return Object.assign(input.create(), decoded);
  if (route.body === '*') return marshaler.readMessage(body, input) ?? toFieldForm(input, input.create());
  const message = input.create();
  const value = marshaler.readField(body, route.body);
  if (value !== undefined) setField(message, route.body, value);
  const { mask, body: field } = route;
  if (mask && field.message) {
    const { message: type } = field;
    setField(
      message,
      mask,
      asStatus(() => maskFromBody(type, body.toString())),
    );
  }
  return message;
}

function applyBinding(route: Route, message: Message, binding: PathBinding, text: string): void {
  try {
    if (binding.path.length === 1)
      setField(message, binding.field, parsePathValue(binding.field, text, route.separator));
    else populate(route.rpc.input, message, binding.path, [text], false);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const what = `type mismatch, parameter: ${binding.name}, error: ${error.message}`;
    throw new StatusError(Code.INVALID_ARGUMENT, what);
  }
}
