/** HTTP request -> request message: the body first, then path parameters, then the query. */

import { asStatus } from '../json/as-status.js';
import { toFieldForm } from '../json/well-known.js';
import type { Marshaler } from '../marshaler.js';
import type { PathBinding, Route } from '../routes.js';
import type { Message } from '../schema.js';
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
  /** What an HTML form said whose fields count as query parameters. */
  readonly form: Parameters | undefined;
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
  if (route.body !== '*') {
    const parameters: Parameters = parts.form ?? new Map();
    if (parts.query !== '') parseParameters(parts.query, parameters);
    if (parameters.size > 0) applyParameters(input, message, parameters, route.bound);
  }
  return message;
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
    if (binding.path.length === 1) setField(message, binding.field, parsePathValue(binding.field, text));
    else populate(route.rpc.input, message, binding.path, [text], false);
  } catch (error) {
    if (error instanceof StatusError || !(error instanceof Error)) throw error;
    const what = `type mismatch, parameter: ${binding.name}, error: ${error.message}`;
    throw new StatusError(Code.INVALID_ARGUMENT, what);
  }
}
