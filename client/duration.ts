/** A google.protobuf.Duration of so many seconds, to the nanosecond. */
export function toDuration(seconds: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.trunc(seconds)), nanos: Math.round((seconds % 1) * 1e9) };
}
