/** Times of lines, in nanoseconds since 1970. */

/** Of a time in milliseconds since 1970. */
export function nsOf(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 1_000_000n;
}

/** RFC 3339 with nine digits of a second, as kubelets write it: `2026-11-23T05:23:00.123456789Z`. */
export function timeText(timeNs: bigint): string {
  const seconds = new Date(Number(timeNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${(timeNs % 1_000_000_000n).toString().padStart(9, '0')}Z`;
}

/** The second that was read last, and its nanoseconds: lines of one second follow each other, and reading a date is costly. */
let lastSecond = '';
let lastSecondNs = 0n;

/** Of an RFC 3339 time with up to nine digits of a second. */
export function parseTimeNs(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, seconds = '', fraction = '', zone = ''] = match;
  const second = seconds + zone;
  if (second !== lastSecond) {
    const ms = Date.parse(second);
    if (Number.isNaN(ms)) return undefined;
    lastSecond = second;
    lastSecondNs = nsOf(ms);
  }
  return lastSecondNs + BigInt(fraction.padEnd(9, '0'));
}
