import { fromBytes } from '../go/bytes.js';
import { Code, StatusError } from '../status.js';

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a Grpc-Timeout header; undefined for none and for zero. Throws INVALID_ARGUMENT. */
export function parseTimeoutMs(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  const [, digits = '', unit = ''] = /^(\d+)([HMSmun])$/.exec(header) ?? [];
  const scale = UNIT_MS[unit];
  const amount = digits.replace(/^0+/, '');
  if (scale === undefined || amount.length > 20 || BigInt(amount) > 0xffffffffffffffffn) {
    const shown = fromBytes(Buffer.from(header, 'latin1'));
    throw new StatusError(Code.INVALID_ARGUMENT, `invalid grpc-timeout: ${shown}`);
  }
  return Number(digits) * scale || undefined;
}
