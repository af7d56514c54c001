/** A google.protobuf.Duration of so many seconds, to the nanosecond; none of undefined. */
export function toDuration(seconds: number | undefined): { seconds: bigint; nanos: number } | undefined {
  if (seconds === undefined) return undefined;
  return { seconds: BigInt(Math.trunc(seconds)), nanos: Math.round((seconds % 1) * 1e9) };
}
