/** An OpenAPI document as people read it: what both renderings of it show. */

import type { Json, JsonObject } from './json.js';

/** A field, a parameter or a value of an enum. */
export interface Row {
  readonly name: string;
  /** In words: `string`, `array of NodeStatus`. */
  readonly type: string;
  /** Name of the type that it refers to; empty when there is none. */
  readonly link: string;
  readonly description: string;
  readonly required: boolean;
}

/** What is sent in a body, one way or the other. */
export interface Content {
  readonly mediaType: string;
  readonly type: string;
  readonly link: string;
  /** As it is sent; empty when there is none. */
  readonly example: string;
}

/** An answer of a method. */
export interface Answer {
  /** `200`, or `default`. */
  readonly status: string;
  readonly description: string;
  readonly contents: readonly Content[];
}

/** A method and its path. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly (Row & { readonly where: string })[];
  readonly bodies: readonly Content[];
  readonly answers: readonly Answer[];
}

/** A message or an enum. */
export interface Type {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly Row[];
}

/** The whole of it. */
export interface Reference {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly identity: string;
  readonly groups: readonly { readonly name: string; readonly description: string; readonly operations: Operation[] }[];
  readonly types: readonly Type[];
}

/** Reads a document that {@link createDocument} made. */
export function readDocument(document: JsonObject): Reference {
  const reader = new Reader(document);
  const info = at(document, 'info');
  const operations = Object.entries(at(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(methods as JsonObject).map(([method, one]) => reader.operation(method, path, one as JsonObject)),
  );
  const groups = ((document['tags'] ?? []) as JsonObject[]).map((tag) => ({
    name: text(tag, 'name'),
    description: text(tag, 'description'),
    operations: operations.filter(({ group }) => group === tag['name']),
  }));
  return {
    title: text(info, 'title'),
    version: text(info, 'version'),
    description: text(info, 'description'),
    identity: text(at(document, 'components', 'securitySchemes', 'identity'), 'description'),
    groups,
    types: Object.entries(at(document, 'components', 'schemas')).map(([name, schema]) =>
      reader.type(name, schema as JsonObject),
    ),
  };
}

class Reader {
  readonly #document: JsonObject;

  constructor(document: JsonObject) {
    this.#document = document;
  }

  operation(method: string, path: string, one: JsonObject): Operation & { readonly group: string } {
    const parameters = ((one['parameters'] ?? []) as JsonObject[]).map((given) => {
      const found = this.#resolve(given);
      const schema = at(found, 'schema');
      const row = this.#row(text(found, 'name'), schema, found['required'] === true);
      return Object.assign(row, { where: text(found, 'in'), description: text(found, 'description') });
    });
    return {
      id: text(one, 'operationId'),
      group: String((one['tags'] as string[])[0]),
      method: method.toUpperCase(),
      path,
      summary: text(one, 'summary'),
      description: text(one, 'description'),
      parameters,
      bodies: this.#contents(at(one, 'requestBody')),
      answers: Object.entries(at(one, 'responses')).map(([status, answer]) => ({
        status,
        description: text(answer as JsonObject, 'description'),
        contents: this.#contents(answer as JsonObject),
      })),
    };
  }

  type(name: string, schema: JsonObject): Type {
    const required = new Set((schema['required'] ?? []) as string[]);
    const fields = Object.entries(at(schema, 'properties')).map(([field, one]) =>
      this.#row(field, one as JsonObject, required.has(field)),
    );
    return { name, description: text(schema, 'description'), fields };
  }

  #row(name: string, schema: JsonObject, required: boolean): Row {
    return { name, type: typeText(schema), link: linkOf(schema), description: text(schema, 'description'), required };
  }

  #contents(body: JsonObject): Content[] {
    return Object.entries(at(body, 'content')).map(([mediaType, one]) => {
      const { schema, example, examples } = one as { schema: JsonObject; example?: Json; examples?: JsonObject };
      const [first] = Object.values(examples ?? {}).map((given) => this.#resolve(given as JsonObject)['value']);
      return {
        mediaType,
        type: typeText(schema),
        link: linkOf(schema),
        example: exampleText(example ?? first),
      };
    });
  }

  #resolve(given: JsonObject): JsonObject {
    const reference = given['$ref'];
    return typeof reference === 'string' ? at(this.#document, ...reference.split('/').slice(1)) : given;
  }
}

function exampleText(example: Json | undefined): string {
  if (example === undefined) return '';
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2);
}

/** The object at a path; an empty one when there is none. */
function at(value: JsonObject, ...path: readonly string[]): JsonObject {
  return path.reduce((one, key) => (one[key] ?? {}) as JsonObject, value);
}

function text(value: JsonObject, key: string): string {
  const found = value[key];
  return typeof found === 'string' ? found : '';
}

function refName(schema: JsonObject): string {
  return text(schema, '$ref').replace(/^.*\//, '');
}

/** The type that a schema leads to: its own, that of its items, that of its values. */
function linkOf(schema: JsonObject): string {
  const inner = [schema, at(schema, 'items'), at(schema, 'additionalProperties'), ...alternatives(schema)];
  return inner.map(refName).find((name) => name !== '') ?? '';
}

function alternatives(schema: JsonObject): JsonObject[] {
  return (schema['anyOf'] ?? []) as JsonObject[];
}

function typeText(schema: JsonObject): string {
  const name = refName(schema);
  if (name !== '') return name;
  const options = alternatives(schema);
  if (options.length > 0) return options.map(typeText).join(' or ');
  const constant = schema['const'];
  if (constant !== undefined) return JSON.stringify(constant);
  const [type = 'any', ...others] = [schema['type'] ?? []].flat() as string[];
  const suffix = others.map((other) => ` or ${other}`).join('');
  if (type === 'array') return `array of ${typeText(at(schema, 'items'))}${suffix}`;
  const values = at(schema, 'additionalProperties');
  if (type === 'object' && Object.keys(values).length > 0) return `object of ${typeText(values)}${suffix}`;
  const format = text(schema, 'format') || text(schema, 'contentEncoding');
  return type + (format === '' || format === 'int32' ? '' : ` (${format})`) + suffix;
}
