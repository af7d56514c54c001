/** Arithmetic with quantities in canonical spelling. */

const UNITS: Readonly<Record<string, number>> = {
  m: 0.001,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/** What a quantity such as `500m`, `2` or `4Gi` stands for; 0 for what is none. */
export function amountOf(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?(?:e\d+)?)([A-Za-z]*)$/.exec(quantity);
  return match === null ? 0 : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

/** The quantity times a factor, rounded up. */
export function scaledQuantity(quantity: string, factor: number): string {
  if (factor === 1) return quantity;
  const amount = amountOf(quantity) * factor;
  return Number.isInteger(amount)
    ? String(amount)
    : amount < 1e6
      ? `${Math.ceil(amount * 1000)}m`
      : String(Math.ceil(amount));
}
