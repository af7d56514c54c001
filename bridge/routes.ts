/** The route table: every HttpRule of the registered services, checked and resolved at start-up. */

import type { HttpRule, ProtoMetadata } from './descriptors.js';
import type { AnyHandler, ServiceDefinition } from './handler.js';
import { type PathTemplate, parsePathTemplate, type Variable } from './path-template.js';
import { findField } from './request/populate.js';
import { isBindable } from './request/values.js';
import type { Routable } from './router.js';
import type { Field, MessageType, Schema } from './schema.js';

/** A service to serve over HTTP. */
export interface BridgeService {
  /** ts-proto's grpc-js service object. */
  readonly definition: ServiceDefinition;
  /** ts-proto's `protoMetadata` of the file that declares the service. */
  readonly metadata: ProtoMetadata;
  /** Full name, `package.Service`. */
  readonly name: string;
  /** Method key (lower camel case) -> handler, interceptors applied. */
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

/** A method as the bridge calls it. */
export interface Rpc {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly handler: AnyHandler;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly input: MessageType;
  readonly output: MessageType;
}

/** A variable of the path and the field it sets. */
export interface PathBinding {
  readonly name: string;
  /** Proto names of the field and of what it is in. */
  readonly path: readonly string[];
  readonly field: Field;
}

/** One HTTP binding of a method. */
export interface Route extends Routable {
  readonly rpc: Rpc;
  readonly bindings: readonly PathBinding[];
  /** Where the body goes: nowhere, the whole request, or one field. */
  readonly body: Field | '*' | undefined;
  /** Whether there are fields left that the query may set. */
  readonly hasQuery: boolean;
  /** Field paths that the query may not touch. */
  readonly bound: readonly (readonly string[])[];
  /** The field that is the response's body; undefined for the whole message. */
  readonly responseBody: Field | undefined;
  /** The FieldMask that a PATCH derives from its body. */
  readonly mask: Field | undefined;
  /** What separates the values of a repeated field in the path. */
  readonly separator: string;
}

/** Options of grpc-gateway's generator that change which routes there are. */
export interface RouteOptions {
  /** Methods without a rule are served too, at `POST /package.Service/Method` with the request as body. */
  readonly generateUnboundMethods?: boolean | undefined;
  /** Rules for DELETE may have a body. */
  readonly allowDeleteBody?: boolean | undefined;
  /** What separates the values of a repeated field in a path: a comma, `|`, a space or a tab. Default: csv. */
  readonly repeatedPathParamSeparator?: keyof typeof SEPARATORS | undefined;
  /** Whether a PATCH that names no FieldMask means the fields in its body. Default: true. */
  readonly allowPatchFeature?: boolean | undefined;
  /** Further rules by method, `package.Service.Method`, as a file of service configuration has them; they go before annotations. */
  readonly httpRules?: Readonly<Record<string, HttpRule>> | undefined;
}

const SEPARATORS = { csv: ',', pipes: '|', ssv: ' ', tsv: '\t' } as const;

/** All routes, in the order of registration. Throws an Error that names the binding and its defect. */
export function compileRoutes(services: readonly BridgeService[], schema: Schema, options: RouteOptions = {}): Route[] {
  return services.flatMap((service) => serviceRoutes(service, schema, options));
}

function serviceRoutes(service: BridgeService, schema: Schema, options: RouteOptions): Route[] {
  const { fileDescriptor, options: annotations } = service.metadata;
  const shortName = service.name.slice(service.name.lastIndexOf('.') + 1);
  const declared = fileDescriptor.service?.find(({ name }) => name === shortName);
  if (!declared) throw new Error(`${fileDescriptor.name} declares no service ${service.name}.`);
  const definitions = new Map(Object.entries(service.definition).map(([key, one]) => [one.path, { key, ...one }]));
  const routes = new Map<string, Route>();
  for (const { name = '', inputType = '', outputType = '' } of declared.method ?? []) {
    const path = `/${service.name}/${name}`;
    const annotated: HttpRule | undefined = annotations?.services?.[shortName]?.methods?.[name]?.['http'];
    const given = [options.httpRules?.[`${service.name}.${name}`] ?? [], annotated ?? []].flat();
    const rules = given.length === 0 && options.generateUnboundMethods ? [unboundRule(path)] : given;
    if (rules.length === 0) continue;
    const definition = definitions.get(path);
    const handler = definition && service.handlers[definition.key];
    if (!definition || !handler) throw new Error(`No handler for ${path}.`);
    const { requestStream, responseStream } = definition;
    const input = schema.message(inputType);
    const rpc: Rpc = { path, handler, requestStream, responseStream, input, output: schema.message(outputType) };
    for (const one of rules.flatMap((rule) => [rule, ...rule.additionalBindings])) {
      const [method, template] = methodAndPath(rpc, one);
      const key = `${method} ${template}`;
      if (routes.has(key)) throw new Error(`${key} (${path}): the service has this rule twice.`);
      if (!rules.includes(one) && one.additionalBindings.length > 0) {
        throw new Error(`${key} (${path}): an additional binding cannot have additional bindings.`);
      }
      routes.set(key, compileRoute(rpc, one, options));
    }
  }
  return [...routes.values()];
}

function unboundRule(path: string): HttpRule {
  const pattern = { $case: 'post', value: path } as const;
  return { pattern, body: '*', responseBody: '', additionalBindings: [] };
}

function methodAndPath(rpc: Rpc, { pattern }: HttpRule): [method: string, path: string] {
  if (!pattern) throw new Error(`${rpc.path} has an HTTP rule without a path.`);
  return pattern.$case === 'custom'
    ? [pattern.value.kind, pattern.value.path]
    : [pattern.$case.toUpperCase(), pattern.value];
}

function compileRoute(rpc: Rpc, rule: HttpRule, options: RouteOptions): Route {
  const [method, path] = methodAndPath(rpc, rule);
  const bad = (what: string): Error => new Error(`${method} ${path} (${rpc.path}): ${what}.`);
  const template: PathTemplate = parsePathTemplate(path);
  if (method === 'GET' && rule.body !== '') throw bad('GET cannot have a body');
  if (method === 'DELETE' && rule.body !== '' && !options.allowDeleteBody) throw bad('DELETE cannot have a body');
  if (rpc.requestStream && template.variables.length > 0) throw bad('a stream of requests cannot have path parameters');
  const bindings = template.variables.map((variable) => bind(rpc.input, variable, bad));
  const body = rule.body === '' || rule.body === '*' ? rule.body : rpc.input.byName.get(rule.body);
  if (body === undefined) throw bad(`${rpc.input.fullName} has no field "${rule.body}" for the body`);
  const responseBody = rule.responseBody === '' ? undefined : rpc.output.byName.get(rule.responseBody);
  if (rule.responseBody !== '' && !responseBody) {
    throw bad(`${rpc.output.fullName} has no field "${rule.responseBody}" for the response`);
  }
  const isField = typeof body === 'object';
  const bound = [...bindings.map((binding) => binding.path), ...(isField ? [[body.name]] : [])];
  return {
    method,
    template,
    rpc,
    bindings,
    body: body === '' ? undefined : body,
    hasQuery: body !== '*' && rpc.input.fields.some(({ name }) => !bound.some((one) => one.join('.') === name)),
    bound,
    responseBody,
    mask: method === 'PATCH' && isField && options.allowPatchFeature !== false ? onlyMask(rpc.input) : undefined,
    separator: SEPARATORS[options.repeatedPathParamSeparator ?? 'csv'],
  };
}

function bind(input: MessageType, variable: Variable, bad: (what: string) => Error): PathBinding {
  const names = variable.path.split('.');
  let type: MessageType | undefined = input;
  let field: Field | undefined;
  const path: string[] = [];
  for (const name of names) {
    if (field && field.shape !== 'singular') throw bad(`"${field.name}" in {${variable.path}} is repeated`);
    field = type && findField(type, name);
    if (!field) throw bad(`${input.fullName} has no field "${variable.path}"`);
    path.push(field.name);
    type = field.message;
  }
  if (!field || !isBindable(field)) throw bad(`the type of "${variable.path}" cannot stand in a path`);
  return { name: variable.path, path, field };
}

function onlyMask(input: MessageType): Field | undefined {
  const masks = input.fields.filter(
    ({ message, shape }) => message?.fullName === 'google.protobuf.FieldMask' && shape === 'singular',
  );
  return masks.length === 1 ? masks[0] : undefined;
}
