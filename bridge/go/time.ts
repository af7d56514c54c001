/** How Go's package time reads text, its error texts included: they reach callers through query parameters. */

import type { SecondsAndNanos } from '../json/time.js';
import { toBytes } from './bytes.js';

/** Text in quotes as package time shows it: control characters and all bytes outside ASCII by their numbers. */
function quoteTime(text: string): string {
  const quoted = text.replace(/[^\x20-\x7f]|["\\]/gu, (char) => {
    if (char === '"' || char === '\\') return `\\${char}`;
    return Array.from(toBytes(char), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${quoted}"`;
}

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';

class TimeFailure extends Error {}

/** Reads a time as `time.Parse(time.RFC3339Nano, text)` does. Throws an Error with Go's text. */
export function parseTime(text: string): SecondsAndNanos {
  let rest = text;
  const bad = (element: string): TimeFailure =>
    new TimeFailure(
      `parsing time ${quoteTime(text)} as ${quoteTime(LAYOUT)}: cannot parse ${quoteTime(rest)} as ${quoteTime(element)}`,
    );
  const outOfRange = (what: string): TimeFailure =>
    new TimeFailure(`parsing time ${quoteTime(text)}: ${what} out of range`);
  const digits = (pattern: RegExp, element: string): number => {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) throw bad(element);
    rest = rest.slice(found.length);
    return Number(found);
  };
  const literal = (char: string): void => {
    if (!rest.startsWith(char)) throw bad(char);
    rest = rest.slice(char.length);
  };

  const year = digits(/^\d{4}/, '2006');
  literal('-');
  const month = digits(/^\d\d/, '01');
  if (month < 1 || month > 12) throw outOfRange('month');
  literal('-');
  const day = digits(/^\d\d/, '02');
  literal('T');
  const hour = digits(/^\d\d?/, '15');
  if (hour > 23) throw outOfRange('hour');
  literal(':');
  const minute = digits(/^\d\d/, '04');
  if (minute > 59) throw outOfRange('minute');
  literal(':');
  const second = digits(/^\d\d/, '05');
  if (second > 59) throw outOfRange('second');
  const fraction = /^[.,](\d+)/.exec(rest);
  if (fraction) rest = rest.slice(fraction[0].length);
  let offset = 0;
  if (rest.startsWith('Z')) rest = rest.slice(1);
  else {
    const [zone = '', sign = '', hours = '', minutes = ''] = /^(.)(\d\d):(..)/su.exec(rest) ?? [];
    const areMinutes = /^\d\d$/.test(minutes);
    // Go looks at the ranges before it looks at what stands around the numbers.
    if (areMinutes && Number(minutes) > 60) throw outOfRange('time zone offset minute');
    if (Number(hours) > 24) throw outOfRange('time zone offset hour');
    if (!areMinutes || !/[+-]/.test(sign)) throw bad('Z07:00');
    rest = rest.slice(zone.length);
    offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  }
  if (rest !== '') throw new TimeFailure(`parsing time ${quoteTime(text)}: extra text: ${quoteTime(rest)}`);
  if (day < 1 || day > daysIn(year, month)) throw outOfRange('day');

  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes years below 100 for the 1900s
  date.setUTCHours(hour, minute, second);
  const nanos = Number((fraction?.[1] ?? '').slice(0, 9).padEnd(9, '0'));
  return { seconds: BigInt(date.getTime() / 1000 - offset), nanos };
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
/** Go counts nanoseconds in 64 bits; the least number has no positive counterpart. */
const LIMIT = 2n ** 63n;

/** Reads a duration as `time.ParseDuration` does (`1h30m`, `-1.5s`, `0`). Throws an Error with Go's text. */
export function parseGoDuration(text: string): SecondsAndNanos {
  const invalid = new TimeFailure(`time: invalid duration ${quoteTime(text)}`);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return { seconds: 0n, nanos: 0 };
  if (rest === '') throw invalid;
  let total = 0n;
  while (rest !== '') {
    const [number = '', whole = '', fraction = ''] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? [];
    const amount = withoutZeros(whole).length > 19 ? LIMIT + 1n : BigInt(whole);
    if ((whole === '' && fraction === '') || amount > LIMIT) throw invalid;
    rest = rest.slice(number.length);
    const name = /^[^.\d]*/.exec(rest)?.[0] ?? '';
    if (name === '') throw new TimeFailure(`time: missing unit in duration ${quoteTime(text)}`);
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit === undefined)
      throw new TimeFailure(`time: unknown unit ${quoteTime(name)} in duration ${quoteTime(text)}`);
    rest = rest.slice(name.length);
    total += amount * unit + fractionOf(unit, fraction);
    if (total > LIMIT || (total === LIMIT && sign !== '-')) throw invalid;
  }
  const nanos = sign === '-' ? -total : total;
  return { seconds: nanos / 1_000_000_000n, nanos: Number(nanos % 1_000_000_000n) };
}

/** A fraction of a unit as Go counts it, in floating point: digits that its 64 bits do not hold are left out. */
function fractionOf(unit: bigint, digits: string): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (LIMIT - 1n) / 10n || next > LIMIT) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}
