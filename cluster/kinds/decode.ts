import { isObject } from '../store/object.js';
import { badRequest } from '../store/status-error.js';
import { canonicalQuantity } from './quantity.js';
import type { Fields, Scalar, Schema } from './schema.js';

/** A decoded value: unknown fields are gone, empty ones left out, quantities canonical. Fields are named by paths such as `spec.containers[0].foo`. */
export interface Decoded {
  value: Record<string, unknown>;
  /** Fields that the schema does not know. */
  unknown: string[];
  /** Fields that exist in Kubernetes and are not supported here. */
  refused: string[];
  /** Fields that have no effect here. */
  ignored: string[];
}

/** Reads a JSON object as the type; throws BadRequest in the API's words when a field has the wrong type. */
export function decode(schema: Fields, input: Record<string, unknown>): Decoded {
  const decoder = new Decoder();
  return { value: decoder.fields(schema, input, ''), ...decoder.noticed };
}

/** Thrown for a value of the wrong type, in the words of the API without the "cannot be handled" in front. */
function mismatch(value: unknown, owner: string, path: string, wanted: string): Error {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  // Go's messages name the path without indexes.
  const plain = path.replace(/\[[^\]]*\]/g, '');
  return badRequest(`json: cannot unmarshal ${found} into Go struct field ${owner}.${plain} of type ${wanted}`);
}

class Decoder {
  readonly noticed = { unknown: [] as string[], refused: [] as string[], ignored: [] as string[] };

  fields(schema: Fields, input: Record<string, unknown>, path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(input)) {
      const field = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
      const at = path === '' ? name : `${path}.${name}`;
      if (field === undefined) {
        this.noticed.unknown.push(at);
        continue;
      }
      const decoded = this.#value(field, value, at, schema.name);
      if (decoded !== undefined) result[name] = decoded;
    }
    return result;
  }

  #value(schema: Schema, value: unknown, path: string, type: string): unknown {
    if (value === null || value === undefined) return undefined;
    if (schema.type === 'object') {
      if (!isObject(value)) throw mismatch(value, type, path, `v1.${schema.name}`);
      return this.fields(schema, value, path);
    }
    if (schema.type === 'map') {
      if (!isObject(value)) throw mismatch(value, type, path, 'map[string]string');
      const entries = Object.entries(value).map(([key, item]) => [key, this.#item(schema.values, item, path, type)]);
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    }
    if (schema.type === 'list') {
      if (!Array.isArray(value)) throw mismatch(value, type, path, '[]');
      const items = value.map((item, index) => this.#item(schema.items, item, `${path}[${index}]`, type));
      return items.length === 0 ? undefined : items;
    }
    if (schema.type !== 'refused' && schema.type !== 'ignored') return scalar(schema, value, path, type);
    if (isEmpty(value)) return undefined;
    this.noticed[schema.type].push(path);
    return value;
  }

  #item(schema: Schema, value: unknown, path: string, type: string): unknown {
    return this.#value(schema, value, path, type) ?? (schema.type === 'text' ? '' : {});
  }
}

function scalar(schema: Scalar, value: unknown, path: string, type: string): unknown {
  switch (schema.type) {
    case 'text':
      if (typeof value !== 'string') throw mismatch(value, type, path, 'string');
      return value === '' ? undefined : value;
    case 'int':
    case 'count':
      if (typeof value !== 'number') throw mismatch(value, type, path, 'int32');
      if (!Number.isSafeInteger(value)) {
        throw badRequest(`json: cannot unmarshal number ${value} into Go struct field ${type}.${path} of type int32`);
      }
      return schema.type === 'count' && value === 0 ? undefined : value;
    case 'bool':
    case 'flag':
      if (typeof value !== 'boolean') throw mismatch(value, type, path, 'bool');
      return schema.type === 'flag' && !value ? undefined : value;
    case 'time':
      if (typeof value !== 'string') throw mismatch(value, type, path, 'Time');
      if (Number.isNaN(Date.parse(value))) {
        throw badRequest(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
      }
      return value;
    case 'bytes':
      if (typeof value !== 'string') throw mismatch(value, type, path, '[]uint8');
      if (!/^[A-Za-z0-9+/\r\n]*={0,2}$/.test(value) || value.replace(/[\r\n]/g, '').length % 4 !== 0) {
        throw badRequest('illegal base64 data at input byte 0');
      }
      return value;
    case 'quantity': {
      if (typeof value !== 'string' && typeof value !== 'number') throw mismatch(value, type, path, 'Quantity');
      const canonical = canonicalQuantity(String(value));
      if (canonical === undefined) {
        throw badRequest(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
      }
      return canonical;
    }
    case 'any':
    case 'refused':
    case 'ignored':
      return value;
  }
}

/** Whether a client that always writes every field has left this one alone. */
function isEmpty(value: unknown): boolean {
  if (value === '' || value === false || value === 0) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
