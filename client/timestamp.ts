/** A google.protobuf.Timestamp, or Duration, as the generated code has it. */
export interface ProtoTimestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second, as few as lose nothing. */
export function formatTimestamp(time: ProtoTimestamp): string {
  const whole = wholeSeconds(time);
  if (time.nanos === 0) return `${whole}Z`;
  const digits = time.nanos.toString().padStart(9, '0');
  return `${whole}.${digits.replace(/(000){1,2}$/, '')}Z`;
}

/** RFC 3339 in UTC with always nine digits of a second, so that columns of times align. */
export function formatTimestampNanos(time: ProtoTimestamp): string {
  return `${wholeSeconds(time)}.${time.nanos.toString().padStart(9, '0')}Z`;
}

/** Milliseconds since 1970, the fraction of a millisecond cut off. */
export function timestampMs(time: ProtoTimestamp): number {
  return Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6);
}

/** Milliseconds of a google.protobuf.Duration; undefined for none. */
export function durationMs(duration: ProtoTimestamp | undefined): number | undefined {
  return duration && timestampMs(duration);
}

function wholeSeconds(time: ProtoTimestamp): string {
  return new Date(Number(time.seconds) * 1000).toISOString().slice(0, 19);
}
