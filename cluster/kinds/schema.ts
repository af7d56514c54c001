/**
 * The shape of objects: which fields exist and of what type. One table serves strict decoding, the dropping of
 * unknown fields, canonical quantities, the merge keys of strategic patches, and what is refused or has no effect here.
 */
export type Schema = Scalar | Fields | MapOf | ListOf;

/**
 * `flag` and `count` are the values that are left out when false or 0 (in Go: not pointers); `int` and `bool` are kept.
 * `text` is left out when empty. `any` is not looked into. A field that is `refused` makes the API refuse the object;
 * one that is `ignored` is kept, has no effect, and the client is warned.
 */
export interface Scalar {
  readonly type:
    | 'text'
    | 'int'
    | 'count'
    | 'bool'
    | 'flag'
    | 'quantity'
    | 'time'
    | 'bytes'
    | 'any'
    | 'refused'
    | 'ignored';
}

/** An object with known fields. `name` is the type's name in messages. */
export interface Fields {
  readonly type: 'object';
  readonly name: string;
  readonly fields: Readonly<Record<string, Schema>>;
}

export interface MapOf {
  readonly type: 'map';
  readonly values: Schema;
}

/** `mergeKey` names the field that identifies an item in a strategic patch; '' merges plain values as a set. */
export interface ListOf {
  readonly type: 'list';
  readonly items: Schema;
  readonly mergeKey?: string;
}

export const text: Scalar = { type: 'text' };
export const int: Scalar = { type: 'int' };
export const count: Scalar = { type: 'count' };
export const bool: Scalar = { type: 'bool' };
export const quantity: Scalar = { type: 'quantity' };
export const bytes: Scalar = { type: 'bytes' };
export const any: Scalar = { type: 'any' };

/** An object type with these fields. */
export function object(name: string, fields: Record<string, Schema>): Fields {
  return { type: 'object', name, fields };
}

/** A map with any keys. */
export function mapOf(values: Schema): MapOf {
  return { type: 'map', values };
}

/** A list; see ListOf for the merge key. */
export function listOf(items: Schema, mergeKey?: string): ListOf {
  return mergeKey === undefined ? { type: 'list', items } : { type: 'list', items, mergeKey };
}

/** Shorthand for many fields of one type, their names separated by blanks. */
export function all(type: Scalar['type'], names: string): Record<string, Scalar> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, { type }]));
}
