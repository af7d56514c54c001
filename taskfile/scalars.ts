import type { At, TreeNode } from './tree.js';

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const BINARY = /^[-+]?0b[01_]+$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const HEXADECIMAL = /^[-+]?0x[0-9a-fA-F_]+$/;
const SEXAGESIMAL = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/;
// An exponent needs a dot before it and a sign in it, so 1e-4 and 1.0e4 are strings to PyYAML.
const FLOAT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/;
const INFINITY = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:(Z)|([-+])(\d\d?)(?::(\d\d))?))?$/;

/**
 * The type and value of an unquoted scalar as PyYAML's safe_load reads it, which is YAML 1.1: `yes` is a boolean, `012` is ten,
 * `1:30` is ninety, `1e-4` is a string. (PyYAML fails on a lone `=`; here it is a string.)
 */
export function plainScalar(text: string, at: At): TreeNode {
  if (NULL.test(text)) return { kind: 'null', at };
  if (TRUE.test(text)) return { kind: 'bool', value: true, at };
  if (FALSE.test(text)) return { kind: 'bool', value: false, at };
  const int = plainInt(text);
  if (int !== undefined) return { kind: 'int', value: int, at };
  const float = plainFloat(text);
  if (float !== undefined) return { kind: 'float', value: float, at };
  const date = plainDate(text);
  if (date !== undefined) return { kind: 'date', value: date, at };
  return { kind: 'string', value: text, at };
}

// Python itself refuses to print a longer one.
const MAX_DIGITS = 4300;

function plainInt(text: string): bigint | undefined {
  if (text.length > MAX_DIGITS) return undefined;
  const [negative, digits] = splitSign(text);
  const magnitude = intMagnitude(text, digits);
  return magnitude === undefined || !negative ? magnitude : -magnitude;
}

function intMagnitude(text: string, digits: string): bigint | undefined {
  if (DECIMAL.test(text)) return BigInt(digits);
  if (OCTAL.test(text)) return BigInt(`0o${digits.slice(1) || '0'}`);
  if (BINARY.test(text) || HEXADECIMAL.test(text)) return digits.length > 2 ? BigInt(digits.toLowerCase()) : undefined;
  if (SEXAGESIMAL.test(text)) return digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  return undefined;
}

function plainFloat(text: string): number | undefined {
  const [negative, digits] = splitSign(text);
  const sign = negative ? -1 : 1;
  if (FLOAT.test(text)) return sign * Number(digits);
  if (INFINITY.test(text)) return sign * Number.POSITIVE_INFINITY;
  if (NOT_A_NUMBER.test(text)) return Number.NaN;
  if (SEXAGESIMAL_FLOAT.test(text)) {
    return sign * digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  }
  return undefined;
}

function splitSign(text: string): [negative: boolean, digits: string] {
  const digits = text.replaceAll('_', '');
  return /^[-+]/.test(digits) ? [digits.startsWith('-'), digits.slice(1)] : [false, digits];
}

function plainDate(text: string): string | undefined {
  if (DATE.test(text)) return text;
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zulu, sign, zoneHour, zoneMinute] = match;
  const micros = (fraction ?? '').slice(0, 6).padEnd(6, '0');
  let zone = '';
  if (zulu !== undefined) zone = '+00:00';
  else if (sign !== undefined) zone = `${sign}${twoDigits(zoneHour)}:${twoDigits(zoneMinute)}`;
  const clock = `${twoDigits(hour)}:${minute}:${second}${micros === '000000' ? '' : `.${micros}`}`;
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${clock}${zone}`;
}

function twoDigits(part: string | undefined): string {
  return (part ?? '').padStart(2, '0');
}
