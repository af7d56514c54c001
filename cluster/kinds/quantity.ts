/** A quantity as a number of thousandths of a billionth, exact: 1 is 10^9. */
const nano = 1_000_000_000n;
const milli = 1_000_000n;

/** Each is 1024 times the one before. */
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Each is 1000 times the one before. */
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

interface Parsed {
  nanos: bigint;
  format: 'binary' | 'decimal' | 'exponent';
}

const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

function parse(input: string): Parsed | undefined {
  const match = pattern.exec(input);
  if (match === null) return undefined;
  const [, sign = '', number = '', binarySuffix, decimalSuffix = '', exponent] = match;
  const [whole = '', fraction = ''] = number.split('.');
  let digits = BigInt(whole + fraction || '0') * (sign === '-' ? -1n : 1n);
  let scale = 9 - fraction.length;
  if (binarySuffix !== undefined) digits *= 1024n ** BigInt(binary.indexOf(binarySuffix));
  else scale += exponent === undefined ? 3 * decimal.indexOf(decimalSuffix) - 9 : Number(exponent);
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

/** The number of thousandths of a base unit, rounded up, to add and compare exactly; 0 if it is no quantity. */
export function thousandths(input: string | number): bigint {
  return ceilDivide(parse(String(input))?.nanos ?? 0n, milli);
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
  if (style === 'binary' && size % nano === 0n && size / nano >= 1024n) {
    const [number, place] = divided(size / nano, 1024n, binary.length - 1);
    return `${sign}${number}${binary[place]}`;
  }
  const [number, place] = divided(size, 1000n, decimal.length - 1);
  if (style === 'decimal') return `${sign}${number}${decimal[place]}`;
  const exponent = 3 * place - 9;
  return sign + (exponent === 0 ? `${number}` : `${number}e${exponent}`);
}

/** The number as often divided as that leaves it whole, and how often that was. */
function divided(number: bigint, by: bigint, most: number): [number: bigint, times: number] {
  let times = 0;
  for (; number % by === 0n && times < most; times += 1) number /= by;
  return [number, times];
}
