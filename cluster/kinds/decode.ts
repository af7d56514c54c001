import { badRequest } from '../store/status-error.js';
import { canonicalQuantity } from './quantity.js';
import type { Fields, MapOf, Scalar, Schema } from './schema.js';

/** A decoded value: unknown fields are gone, empty ones left out, quantities canonical. */
export interface Decoded {
  value: Record<string, unknown>;
  /** Paths of the fields that the schema does not know, such as `spec.containers[0].foo`. */
  unknown: string[];
}

/** Reads a JSON object as the type; throws BadRequest in the API's words when a field has the wrong type. */
export function decode(schema: Fields, input: Record<string, unknown>): Decoded {
  const decoder = new Decoder();
  return { value: decoder.fields(schema, input, ''), unknown: decoder.unknown };
}

/** Thrown for a value of the wrong type, in the words of the API without the "cannot be handled" in front. */
function mismatch(found: string, owner: string, path: string, wanted: string): Error {
  return badRequest(`json: cannot unmarshal ${found} into Go struct field ${owner}.${plain(path)} of type ${wanted}`);
}

/** Go's messages name the path without indexes. */
function plain(path: string): string {
  return path.replace(/\[[^\]]*\]/g, '');
}

class Decoder {
  readonly unknown: string[] = [];

  fields(schema: Fields, input: Record<string, unknown>, path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(input)) {
      const field = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
      const at = path === '' ? name : `${path}.${name}`;
      if (field === undefined) {
        this.unknown.push(at);
        continue;
      }
      const decoded = this.#value(field, value, at, schema.name);
      if (decoded !== undefined) result[name] = decoded;
    }
    return result;
  }

  #value(schema: Schema, value: unknown, path: string, type: string): unknown {
    if (value === null || value === undefined) return undefined;
    switch (schema.type) {
      case 'object':
        if (!isObject(value)) throw mismatch(kindOf(value), type, path, `v1.${schema.name}`);
        return this.fields(schema, value, path);
      case 'map':
        return this.#map(schema, value, path, type);
      case 'list': {
        if (!Array.isArray(value)) throw mismatch(kindOf(value), type, path, '[]');
        const items = value.map((item, index) => {
          const decoded = this.#value(schema.items, item, `${path}[${index}]`, type);
          return decoded ?? (schema.items.type === 'text' ? '' : {});
        });
        return items.length === 0 ? undefined : items;
      }
      case 'text':
      case 'int':
      case 'count':
      case 'bool':
      case 'flag':
      case 'quantity':
      case 'time':
      case 'bytes':
      case 'intOrString':
      case 'any':
        return scalar(schema, value, path, type);
    }
  }

  #map(schema: MapOf, value: unknown, path: string, type: string): unknown {
    if (!isObject(value)) throw mismatch(kindOf(value), type, path, 'map[string]string');
    const entries = Object.entries(value).map(([key, item]) => {
      const decoded = this.#value(schema.values, item, path, type);
      return [key, decoded ?? (schema.values.type === 'text' ? '' : {})] as const;
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
}

function scalar(schema: Scalar, value: unknown, path: string, type: string): unknown {
  switch (schema.type) {
    case 'text':
      if (typeof value !== 'string') throw mismatch(kindOf(value), type, path, 'string');
      return value === '' ? undefined : value;
    case 'int':
    case 'count':
      if (typeof value !== 'number') throw mismatch(kindOf(value), type, path, 'int32');
      if (!Number.isSafeInteger(value)) throw mismatch(`number ${value}`, type, path, 'int32');
      return schema.type === 'count' && value === 0 ? undefined : value;
    case 'bool':
    case 'flag':
      if (typeof value !== 'boolean') throw mismatch(kindOf(value), type, path, 'bool');
      return schema.type === 'flag' && !value ? undefined : value;
    case 'intOrString':
      if (typeof value !== 'number' && typeof value !== 'string') throw mismatch(kindOf(value), type, path, 'int32');
      return value;
    case 'time':
      if (typeof value !== 'string') throw mismatch(kindOf(value), type, path, 'Time');
      if (Number.isNaN(Date.parse(value))) {
        throw badRequest(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
      }
      return value;
    case 'bytes':
      if (typeof value !== 'string') throw mismatch(kindOf(value), type, path, '[]uint8');
      if (!/^[A-Za-z0-9+/\r\n]*={0,2}$/.test(value) || value.replace(/[\r\n]/g, '').length % 4 !== 0) {
        throw badRequest('illegal base64 data at input byte 0');
      }
      return value;
    case 'quantity': {
      if (typeof value !== 'string' && typeof value !== 'number') throw mismatch(kindOf(value), type, path, 'Quantity');
      const canonical = canonicalQuantity(String(value));
      if (canonical === undefined) {
        throw badRequest(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
      }
      return canonical;
    }
    case 'any':
      return value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}
