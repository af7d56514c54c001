/** A quantity in Kubernetes' canonical spelling, or what is wrong with it. */
export type QuantityResult = { ok: true; quantity: string } | { ok: false; message: string; fix: string };

const NUMBER = String.raw`(\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})`;
const CPU = new RegExp(`^${NUMBER}(m?)\\+?$`);
const MEMORY = new RegExp(`^${NUMBER}([A-Za-z]*)\\+?$`);
const MAX_MILLICPUS = 1_000_000n * 1000n;
const KIBI = 1024n;
const MAX_BYTES = KIBI ** 6n;

const BINARY_POWERS = new Map([
  ['k', 1n],
  ['m', 2n],
  ['g', 3n],
  ['t', 4n],
  ['p', 5n],
]);
const BINARY_NAMES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL_NAMES = ['', 'k', 'M', 'G', 'T', 'P'];

const CPU_FIX = 'write cores such as 2, 0.5 or "500m"';
const MEMORY_FIX = 'write "4Gi" or "512Mi", or a plain number of GiB';

/** CPU cores as `"2"` or `"500m"`, from `2`, `0.5`, `"500m"` or `"4+"` (at least four, which is what a request is). */
export function cpuQuantity(text: string): QuantityResult {
  const match = CPU.exec(text.trim());
  if (match === null) return { ok: false, message: 'is not an amount of CPU', fix: CPU_FIX };
  const millis = scaled(match[1] ?? '', match[2] === 'm' ? 1n : 1000n);
  if (millis === 0n) return { ok: false, message: 'must be more than 0', fix: CPU_FIX };
  if (millis > MAX_MILLICPUS) return { ok: false, message: 'is more CPU than any node has', fix: CPU_FIX };
  return { ok: true, quantity: millis % 1000n === 0n ? String(millis / 1000n) : `${millis}m` };
}

/**
 * Memory as `"4Gi"`. A number without a unit is GiB; KB, MB, GB, … are SkyPilot's and binary in any case of letters, like Ki, Mi,
 * Gi; a single K, M, G, T or P is Kubernetes' own and decimal. A `+` at the end means at least, which is what a request is.
 */
export function memoryQuantity(text: string): QuantityResult {
  const match = MEMORY.exec(text.trim());
  if (match === null) return { ok: false, message: 'is not an amount of memory', fix: MEMORY_FIX };
  const [, digits = '', unit = ''] = match;
  const multiplier = memoryUnit(unit);
  if (multiplier === undefined)
    return { ok: false, message: `has the unknown unit ${unit.slice(0, 10)}`, fix: unitFix(digits, unit) };
  const bytes = scaled(digits, multiplier);
  if (bytes === 0n) return { ok: false, message: 'must be more than 0', fix: MEMORY_FIX };
  if (bytes > MAX_BYTES) {
    return {
      ok: false,
      message: 'is more memory than any node has',
      fix: unit === '' ? 'a number without a unit is GiB; write the unit, as in "512Mi"' : MEMORY_FIX,
    };
  }
  return {
    ok: true,
    quantity: isDecimalUnit(unit) ? named(bytes, 1000n, DECIMAL_NAMES) : named(bytes, KIBI, BINARY_NAMES),
  };
}

function memoryUnit(unit: string): bigint | undefined {
  if (unit === '') return KIBI ** 3n;
  const power = BINARY_POWERS.get(unit.charAt(0).toLowerCase());
  if (power === undefined) return undefined;
  if (isDecimalUnit(unit)) return 1000n ** power;
  return /^.[bi]$/i.test(unit) ? KIBI ** power : undefined;
}

// A lone small m is thousandths to Kubernetes, a lone small g is nothing.
function isDecimalUnit(unit: string): boolean {
  return /^[kKMGTP]$/.test(unit);
}

function unitFix(digits: string, unit: string): string {
  if (/^[kmgtp]ib$/i.test(unit)) return `write "${digits}${unit.charAt(0).toUpperCase()}i"`;
  if (/^[mgtp]$/.test(unit)) return `write "${digits}${unit.toUpperCase()}i"`;
  return MEMORY_FIX;
}

/** A decimal number times `multiplier`, rounded up as Kubernetes rounds. */
function scaled(decimal: string, multiplier: bigint): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  const scale = 10n ** BigInt(fraction.length);
  return (BigInt(`${whole}${fraction}`) * multiplier + scale - 1n) / scale;
}

/** The number with the largest unit that leaves it whole. */
function named(bytes: bigint, step: bigint, names: readonly string[]): string {
  let amount = bytes;
  let power = 0;
  while (power < names.length - 1 && amount % step === 0n) {
    amount /= step;
    power += 1;
  }
  return `${amount}${names[power]}`;
}
