import type { StatusCause } from '../store/status-error.js';

/** The value as messages show it: strings quoted, objects as JSON. */
function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** The field has a value that breaks a rule. */
export function invalidValue(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown(value)}: ${why}`, field };
}

/** The field has none of the values that exist. */
export function notSupported(field: string, value: unknown, values: readonly string[]): StatusCause {
  const list = values.map((item) => shown(item)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
    field,
  };
}

/** The value is there twice where it may be only once. */
export function duplicate(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown(value)}`, field };
}

/** The value names something that is not there. */
export function notFoundValue(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueNotFound', message: `Not found: ${shown(value)}`, field };
}

/** The field may not be set here. */
export function forbiddenField(field: string, why: string): StatusCause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
}

/** The field holds too much. */
export function tooLong(field: string, bytes: number): StatusCause {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${bytes} bytes`, field };
}

/** The field may not be changed. */
export function immutable(field: string, value: unknown): StatusCause {
  return invalidValue(field, value, 'field is immutable');
}

/** What a rule has against the value; none of the functions below finds anything in a value that is right. */
export function broken(field: string, value: string, rule: (text: string) => string[]): StatusCause[] {
  return rule(value).map((why) => invalidValue(field, value, why));
}

/** The value is missing. */
export function missing(field: string, value: unknown, why?: string): StatusCause[] {
  if (value) return [];
  return [
    { reason: 'FieldValueRequired', message: why === undefined ? 'Required value' : `Required value: ${why}`, field },
  ];
}

/** The value is missing, or what a rule has against it. */
export function misnamed(
  field: string,
  value: string | undefined,
  rule: (text: string) => string[],
  why?: string,
): StatusCause[] {
  return value ? broken(field, value, rule) : missing(field, value, why);
}

/** The value is none of those that there are. */
export function noneOf(field: string, value: string, values: readonly string[]): StatusCause[] {
  return values.includes(value) ? [] : [notSupported(field, value, values)];
}

/** The number is there and negative. */
export function notNegative(field: string, value: unknown): StatusCause[] {
  return typeof value === 'number' && value < 0
    ? [invalidValue(field, value, 'must be greater than or equal to 0')]
    : [];
}
