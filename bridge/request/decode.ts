/** HTTP request -> request message: the body first, then path parameters, then the query. */

import { decodeText, parseFirst } from '../json/parse.js';
import type { JsonReader } from '../json/reader.js';
import { JsonError } from '../json/scanner.js';
import type { PathBinding, Route } from '../routes.js';
import type { Field, Message } from '../schema.js';
import { Code, StatusError } from '../status.js';
import { emptyFieldBody, fieldBodyReader } from './field-body.js';
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
  readonly json: JsonReader;
}

/** Decodes a unary (or server-streaming) request. Throws INVALID_ARGUMENT with the gateway's text. */
export function decodeRequest(route: Route, parts: RequestParts): Message {
  const { input } = route.rpc;
  const message = decodeBody(route, parts);
  for (const [index, binding] of route.bindings.entries()) {
    applyBinding(route, message, binding, parts.values[index] ?? '', parts.json);
  }
  if (route.body !== '*') {
    const parameters: Parameters = parts.form ?? new Map();
    if (parts.query !== '') parseParameters(parts.query, parameters);
    if (parameters.size > 0) applyParameters(input, message, parameters, route.bound, parts.json);
  }
  return message;
}

/** A request with what the body says. */
function decodeBody(route: Route, { body, decoder, json }: RequestParts): Message {
  const { input } = route.rpc;
  if (route.body === undefined) return input.create();
  const decoded = decoder?.(body, input.fullName);
  if (decoded) return Object.assign(input.create(), decoded);
  return asStatus(() => {
    if (route.body === '*') return parseFirst(decodeText(body), 0, json.message(input))?.value ?? input.create();
    return route.body ? fieldRequest(route, route.body, body, json) : input.create();
  });
}

function fieldRequest(route: Route, field: Field, body: Buffer, json: JsonReader): Message {
  const message = route.rpc.input.create();
  const text = decodeText(body);
  const parsed = parseFirst(text, 0, fieldBodyReader(field, json));
  const value = parsed ? parsed.value : emptyFieldBody(field);
  if (value !== undefined) setField(message, field, value);
  if (route.mask && field.message) setField(message, route.mask, maskFromBody(field.message, text.text));
  return message;
}

function applyBinding(route: Route, message: Message, binding: PathBinding, text: string, json: JsonReader): void {
  try {
    if (binding.path.length === 1) setField(message, binding.field, parsePathValue(binding.field, text));
    else populate(route.rpc.input, message, binding.path, [text], false, json);
  } catch (error) {
    if (error instanceof StatusError || !(error instanceof Error)) throw error;
    const what = `type mismatch, parameter: ${binding.name}, error: ${error.message}`;
    throw new StatusError(Code.INVALID_ARGUMENT, what);
  }
}

/** Runs a parser; what it says of the text becomes INVALID_ARGUMENT. */
export function asStatus<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof JsonError) throw new StatusError(Code.INVALID_ARGUMENT, error.message);
    throw error;
  }
}
