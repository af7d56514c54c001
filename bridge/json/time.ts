/** ProtoJSON text of Timestamp, Duration and FieldMask. */

import { goQuote } from '../go/quote.js';

/** A google.protobuf.Timestamp or Duration as ts-proto holds it. */
export interface SecondsAndNanos {
  seconds: bigint;
  nanos: number;
}

const MIN_TIMESTAMP = -62135596800n;
const MAX_TIMESTAMP = 253402300799n;
const MAX_DURATION = 315576000000n;

/** Whether a Timestamp of these seconds has a text: from year 1 to year 9999. */
export function isTimestampSeconds(seconds: bigint): boolean {
  return seconds >= MIN_TIMESTAMP && seconds <= MAX_TIMESTAMP;
}

/** Whether a Duration of these seconds is legal: at most 10,000 years either way. */
export function isDurationSeconds(seconds: bigint): boolean {
  return seconds >= -MAX_DURATION && seconds <= MAX_DURATION;
}

/** `.123`, `.123456`, `.123456789` or nothing. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (nanos % 1_000_000 === 0) return `.${digits.slice(0, 3)}`;
  return nanos % 1000 === 0 ? `.${digits.slice(0, 6)}` : `.${digits}`;
}

const DAY_S = 86_400;
const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The day that was written last, `2026-11-26T`: most times are of the same day as the one before, and a Date is costly. */
let lastDay = Number.NaN;
let lastDayText = '';

/** RFC 3339 in UTC with 0, 3, 6 or 9 digits. Throws on what ProtoJSON cannot say. */
export function formatTimestamp({ seconds, nanos }: SecondsAndNanos): string {
  if (!isTimestampSeconds(seconds)) throw new Error(`google.protobuf.Timestamp: seconds out of range ${seconds}`);
  if (nanos < 0 || nanos > 999_999_999) throw new Error(`google.protobuf.Timestamp: nanos out of range ${nanos}`);
  const time = Number(seconds);
  const day = Math.floor(time / DAY_S);
  if (day !== lastDay) {
    lastDay = day;
    lastDayText = new Date(day * DAY_S * 1000).toISOString().slice(0, 11);
  }
  const second = time - day * DAY_S;
  const hours = TWO_DIGITS[Math.floor(second / 3600)];
  const minutes = TWO_DIGITS[Math.floor(second / 60) % 60];
  return `${lastDayText}${hours}:${minutes}:${TWO_DIGITS[second % 60]}${fraction(nanos)}Z`;
}

/** Seconds with 0, 3, 6 or 9 digits and `s`. Throws on what ProtoJSON cannot say. */
export function formatDuration({ seconds, nanos }: SecondsAndNanos): string {
  if (!isDurationSeconds(seconds)) throw new Error(`google.protobuf.Duration: seconds out of range ${seconds}`);
  if (nanos < -999_999_999 || nanos > 999_999_999) {
    throw new Error(`google.protobuf.Duration: nanos out of range ${nanos}`);
  }
  if ((seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)) {
    throw new Error('google.protobuf.Duration: signs of seconds and nanos do not match');
  }
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
}

/** Reads `1.5s`, `-0.000000001s`, `.5s`; undefined when it is no such text. The range is not checked. */
export function parseDuration(text: string): SecondsAndNanos | undefined {
  const match = /^([+-]?)(?:(0|[1-9]\d*)(?:\.(\d{0,9}))?|\.(\d{0,9}))s$/.exec(text);
  if (!match || (match[2]?.length ?? 0) > 20) return undefined;
  const negative = match[1] === '-';
  const seconds = BigInt(match[2] ?? 0);
  if (seconds > 0x7fffffffffffffffn) return undefined;
  const nanos = Number((match[3] ?? match[4] ?? '').padEnd(9, '0'));
  return { seconds: negative ? -seconds : seconds, nanos: negative && nanos > 0 ? -nanos : nanos };
}

const PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

function toCamel(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()).replace(/_/g, '');
}

function toSnake(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A FieldMask's text: camel-case paths with commas. Throws on a path that would not come back the same. */
export function formatFieldMask(paths: readonly string[]): string {
  return paths
    .map((path) => {
      if (!PATH.test(path)) throw new Error(`google.protobuf.FieldMask.paths contains invalid path: ${goQuote(path)}`);
      const camel = toCamel(path);
      if (toSnake(camel) !== path) {
        throw new Error(`google.protobuf.FieldMask.paths contains irreversible value ${goQuote(path)}`);
      }
      return camel;
    })
    .join(',');
}

/** Paths of a FieldMask's text, or the one that is not legal. */
export function parseFieldMask(text: string): { paths: string[] } | { invalid: string } {
  const trimmed = text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
  if (trimmed === '') return { paths: [] };
  const paths: string[] = [];
  for (const camel of trimmed.split(',')) {
    const path = toSnake(camel);
    if (camel.includes('_') || !PATH.test(path)) return { invalid: camel };
    paths.push(path);
  }
  return { paths };
}
