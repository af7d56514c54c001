/** A float64 as Go's `%v` shows it: with an exponent outside of 1e-4 to 1e+6, and infinities with a sign. */
export function goFloat(value: number): string {
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return value < 0 ? '-Inf' : '+Inf';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (!Number.isFinite(value) || (power >= -4 && power < 6)) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const DECIMAL = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;
/** Where floats of 32 bits end: half-way between the greatest and what would be the next. */
const MAX_HALF_WAY = 2 ** 128 - 2 ** 103;
/** A number half-way between two floats has fewer digits than this. */
const SIGNIFICANT_DIGITS = 200;

/** The float of 32 bits that is nearest to a decimal number. It is not always the nearest one to the nearest double. */
export function parseFloat32(text: string): number {
  const double = Number(text);
  const single = Math.fround(double);
  const other = Math.abs(double) === MAX_HALF_WAY ? Math.sign(double) * (2 ** 128 - 2 ** 104) : 2 * double - single;
  // Unless the double is half-way between two floats, it has been rounded only once.
  if (single === double || !Number.isFinite(other) || Math.fround(other) !== other) return single;
  const farther = compareDecimal(text, Math.abs(double));
  if (farther === 0) return single;
  return farther > 0 === Math.abs(single) > Math.abs(other) ? single : other;
}

/** Whether a decimal number without its sign is greater (1) or less (-1) than a double. */
function compareDecimal(text: string, double: number): number {
  const [, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.slice(0, SIGNIFICANT_DIGITS);
  const power = Number(exponent) - fraction.length + all.length - digits.length;
  let mantissa = double;
  let halvings = 0;
  for (; !Number.isInteger(mantissa); halvings++) mantissa *= 2;
  const left = BigInt(digits) * 10n ** BigInt(Math.max(power, 0)) * 2n ** BigInt(halvings);
  const right = BigInt(mantissa) * 10n ** BigInt(Math.max(-power, 0));
  if (left !== right) return left > right ? 1 : -1;
  return /[1-9]/.test(all.slice(digits.length)) ? 1 : 0;
}
