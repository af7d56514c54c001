/** How Go's package time reads text, its error texts included: they reach callers through query parameters. */

import type { SecondsAndNanos } from '../json/time.js';
import { BAD_BYTE } from './bytes.js';

/** Text in quotes as package time shows it: control characters and all bytes outside ASCII by their numbers. */
function quoteTime(text: string): string {
  const quoted = text.replace(/[^\x20-\x7f]|["\\]/gu, (char) => {
    if (char === '"' || char === '\\') return `\\${char}`;
    const code = char.codePointAt(0) ?? 0;
    const bytes = code >= BAD_BYTE && code <= BAD_BYTE + 0xff ? [code - BAD_BYTE] : [...Buffer.from(char)];
    return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
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
    const zone = /^([+-])(\d\d):(\d\d)/.exec(rest);
    if (!zone) throw bad('Z07:00');
    if (Number(zone[2]) > 24) throw outOfRange('time zone offset hour');
    if (Number(zone[3]) > 60) throw outOfRange('time zone offset minute');
    rest = rest.slice(zone[0].length);
    offset = (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -60 : 60);
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
const MAX_NANOS = 0x7fffffffffffffffn;

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
    if ((whole === '' && fraction === '') || withoutZeros(whole).length > 20) throw invalid;
    rest = rest.slice(number.length);
    const name = /^[^.\d]*/.exec(rest)?.[0] ?? '';
    if (name === '') throw new TimeFailure(`time: missing unit in duration ${quoteTime(text)}`);
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit === undefined)
      throw new TimeFailure(`time: unknown unit ${quoteTime(name)} in duration ${quoteTime(text)}`);
    rest = rest.slice(name.length);
    const digits = fraction.slice(0, 18);
    total += BigInt(withoutZeros(whole) || 0) * unit + (BigInt(digits || 0) * unit) / 10n ** BigInt(digits.length);
    if (total > MAX_NANOS && !(sign === '-' && total === MAX_NANOS + 1n)) throw invalid;
  }
  const nanos = sign === '-' ? -total : total;
  return { seconds: nanos / 1_000_000_000n, nanos: Number(nanos % 1_000_000_000n) };
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}
