/** Numbers and booleans as Go's package strconv reads them; its error texts reach callers. */

import { parseFloat32 } from './float.js';
import { goQuote } from './quote.js';

function failure(func: string, text: string, what: string): Error {
  return new Error(`strconv.${func}: parsing ${goQuote(text)}: ${what}`);
}

/** Reads a decimal integer of 32 or 64 bits. Throws an Error with Go's text. */
export function parseInteger(text: string, bits: 32 | 64, signed: boolean): bigint {
  const func = signed ? 'ParseInt' : 'ParseUint';
  const [, sign = '', digits = '', rest = ''] = /^([+-]?)(\d*)(.*)$/s.exec(text) ?? [];
  const significant = digits.replace(/^0+/, '');
  const size = significant.length > 20 ? undefined : BigInt(significant);
  // Go reads digit by digit: it does not see what follows too many of them.
  const isTooLong = size === undefined || size >= 1n << BigInt(bits);
  if (digits === '' || (sign !== '' && !signed) || (rest !== '' && !isTooLong))
    throw failure(func, text, 'invalid syntax');
  const value = sign === '-' ? -(size ?? 0n) : (size ?? 0n);
  const limit = 1n << BigInt(signed ? bits - 1 : bits);
  if (isTooLong || value >= limit || value < -limit) throw failure(func, text, 'value out of range');
  return value;
}

/** Reads a boolean in one of Go's spellings. Throws an Error with Go's text. */
export function parseBool(text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw failure('ParseBool', text, 'invalid syntax');
}

/** Reads a floating-point number; of the special values only Infinity, -Infinity and NaN. Throws an Error with Go's text. */
export function parseFloat(text: string, bits: 32 | 64): number {
  if (/^(NaN|-?Infinity)$/.test(text)) return Number(text);
  if (/[xX_]/.test(text) || /^([+-]?inf(inity)?|nan)$/i.test(text)) throw new Error(`invalid syntax ${goQuote(text)}`);
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw failure('ParseFloat', text, 'invalid syntax');
  const value = bits === 32 ? parseFloat32(text) : Number(text);
  if (!Number.isFinite(value)) throw failure('ParseFloat', text, 'value out of range');
  return value;
}
