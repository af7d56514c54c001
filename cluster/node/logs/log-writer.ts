import type { Readable } from 'node:stream';
import type { LogFile } from './log-file.js';
import { RecordClock, RecordEncoder, type StreamName } from './record.js';

/**
 * Copies what a program prints into its log file until both streams have ended, and ends the file. A stream is read
 * on only after what it gave before is on disk, so a program that prints faster than the disk writes is slowed down
 * and memory stays bounded. A disk that refuses does not stop the program: what cannot be written is dropped, and
 * `onLoss` hears of the first time. The file ends in any case, of a stream that is destroyed too: who follows it
 * would wait for ever. Never rejects.
 */
export async function writeLog(
  file: LogFile,
  streams: Record<StreamName, Readable>,
  onLoss: (error: Error) => void,
): Promise<void> {
  const clock = new RecordClock();
  let last: Promise<void> = Promise.resolve();
  let lost = false;
  const onRefusal = (error: Error): void => {
    if (!lost) onLoss(error);
    lost = true;
  };
  const write = (records: Buffer[]): Promise<void> => {
    if (records.length === 0) return last;
    const data = Buffer.concat(records);
    last = last.then(() => file.append(data)).catch(onRefusal);
    return last;
  };
  const copy = async (name: StreamName): Promise<void> => {
    const encoder = new RecordEncoder(name, clock);
    try {
      for await (const chunk of streams[name]) await write(encoder.encode(chunk as Buffer));
    } catch {
      // Nobody reads on.
    }
    await write(encoder.finish());
  };
  await Promise.all([copy('stdout'), copy('stderr')]);
  await file.end().catch(onRefusal);
}
