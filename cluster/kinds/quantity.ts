/** A quantity as a number of thousandths of a billionth, exact: 1 is 10^9. */
const nano = 1_000_000_000n;
const milli = 1_000_000n;

const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

interface Parsed {
  nanos: bigint;
  format: 'binary' | 'decimal' | 'exponent';
}

const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

function parse(input: string): Parsed | undefined {
  const match = pattern.exec(input);
  if (match === null) return undefined;
  const [, sign = '', number = '', binarySuffix, decimalSuffix, exponent] = match;
  const [whole = '', fraction = ''] = number.split('.');
  let digits = BigInt(whole + fraction || '0') * (sign === '-' ? -1n : 1n);
  let scale = 9 - fraction.length;
  if (binarySuffix !== undefined) digits *= binary[binarySuffix] ?? 1n;
  else scale += exponent === undefined ? (decimalExponents[decimalSuffix ?? ''] ?? 0) : Number(exponent);
  const nanos = scale >= 0 ? digits * 10n ** BigInt(scale) : ceilDivide(digits, 10n ** BigInt(-scale));
  if (binarySuffix !== undefined) return { nanos, format: 'binary' };
  return { nanos, format: exponent === undefined ? 'decimal' : 'exponent' };
}

/** What is smaller than 10^-9 is rounded up, away from zero. */
function ceilDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

/** The number of base units, rounded to what a double can hold; undefined if it is no quantity. `500m` is 0.5. */
export function quantityValue(input: string | number): number | undefined {
  const parsed = parse(String(input));
  return parsed === undefined ? undefined : Number(parsed.nanos) / Number(nano);
}

/**
 * The form in which the API returns a quantity (`0.5` as `500m`, `1024Mi` as `1Gi`, `1000m` as `1`), rounded up to
 * thousandths; undefined if it is none.
 */
export function canonicalQuantity(input: string): string | undefined {
  const parsed = parse(input);
  return parsed === undefined ? undefined : format({ ...parsed, nanos: ceilDivide(parsed.nanos, milli) * milli });
}

/** The sum in the form of the API, in the notation of the first one that is not zero. */
export function addQuantities(quantities: readonly (string | number)[]): string {
  let sum: Parsed = { nanos: 0n, format: 'decimal' };
  for (const quantity of quantities) {
    const parsed = parse(String(quantity));
    if (parsed === undefined) continue;
    sum = { nanos: sum.nanos + parsed.nanos, format: sum.nanos === 0n ? parsed.format : sum.format };
  }
  return format(sum);
}

/** Negative, zero or positive, as `a - b` would be; what is no quantity counts as zero. */
export function compareQuantities(a: string | number, b: string | number): number {
  const difference = (parse(String(a))?.nanos ?? 0n) - (parse(String(b))?.nanos ?? 0n);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function format({ nanos, format: style }: Parsed): string {
  if (nanos === 0n) return '0';
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  // Binary suffixes are only for whole numbers from 1024 on.
  if (style === 'binary' && size % nano === 0n && size / nano >= 1024n) return sign + formatBinary(size / nano);
  let exponent = -9;
  let number = size;
  while (number % 1000n === 0n && exponent < 18) {
    number /= 1000n;
    exponent += 3;
  }
  if (style === 'exponent') return sign + (exponent === 0 ? `${number}` : `${number}e${exponent}`);
  const suffix = Object.entries(decimalExponents).find(([, value]) => value === exponent)?.[0] ?? '';
  return `${sign}${number}${suffix}`;
}

function formatBinary(whole: bigint): string {
  let suffix = '';
  let number = whole;
  for (const [name, factor] of Object.entries(binary)) {
    if (whole % factor !== 0n) break;
    suffix = name;
    number = whole / factor;
  }
  return `${number}${suffix}`;
}
