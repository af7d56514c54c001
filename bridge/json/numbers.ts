/** Numbers of ProtoJSON: exact integers of 64 bits, written with or without fraction and exponent. */

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Whether the whole text is a JSON number. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** As many digits as the greatest integer of 64 bits has. */
const MAX_DIGITS = 20;

/**
 * The integer that a JSON number is (`5`, `5.0`, `5e0`, `0.5e1`); undefined when it has a fraction or is far too long. As in Go, an
 * exponent counts as digits even where it only moves the point over zeros.
 */
export function toInteger(number: string): bigint | undefined {
  if (/^-?\d{1,40}$/.test(number)) return BigInt(number);
  const match = PARTS.exec(number);
  if (!match) return undefined;
  const [, sign = '', whole = '', rawFraction = '', exponent = '0'] = match;
  const fraction = withoutTrailingZeros(rawFraction);
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  const shift = Number(exponent) - fraction.length;
  const wholeDigits = whole === '0' ? 0 : whole.length;
  if (Number(exponent) >= 0 && wholeDigits + Number(exponent) > MAX_DIGITS) return undefined;
  if (shift >= 0) return BigInt(`${sign}${digits}${'0'.repeat(shift)}`);
  const significant = withoutTrailingZeros(digits);
  if (digits.length - significant.length < -shift) return undefined;
  return BigInt(sign + digits.slice(0, shift));
}

/** Not by a regular expression: those take quadratic time for long runs of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** Least and greatest value of an integer type. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

export const INT32: IntegerRange = { min: -0x80000000n, max: 0x7fffffffn };
export const UINT32: IntegerRange = { min: 0n, max: 0xffffffffn };
export const INT64: IntegerRange = { min: -0x8000000000000000n, max: 0x7fffffffffffffffn };
export const UINT64: IntegerRange = { min: 0n, max: 0xffffffffffffffffn };
