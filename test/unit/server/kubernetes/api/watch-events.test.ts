import { expect } from 'chai';
import { type WatchEvent, watchEvents } from '../../../../../server/kubernetes/api/watch-events.js';
import type { RawPod } from '../../../../../server/kubernetes/objects.js';
import captured from '../../../../support/server/captured-protobuf.json' with { type: 'json' };
import { eventBytes } from '../../../../support/server/protobuf.js';

const POD = Buffer.from(captured.pods.running.protobuf, 'base64');
const PROTOBUF = 'application/vnd.kubernetes.protobuf;stream=watch';

/** The events of a body that comes in these pieces. */
async function read(contentType: string | undefined, ...chunks: readonly Buffer[]): Promise<WatchEvent<RawPod>[]> {
  async function* body(): AsyncGenerator<Buffer, void, undefined> {
    yield* chunks;
  }
  const events: WatchEvent<RawPod>[] = [];
  for await (const event of watchEvents<RawPod>(body(), contentType)) events.push(event);
  return events;
}

/** The bytes one by one, and in pieces of some sizes. */
function cuts(bytes: Buffer): readonly (readonly Buffer[])[] {
  return [1, 3, 1000, bytes.length].map((size) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)),
  );
}

describe('watchEvents', () => {
  it('reads events in protobuf, however they are cut', async () => {
    const bytes = Buffer.concat([eventBytes('ADDED', 'Pod', POD), eventBytes('DELETED', 'Pod', POD)]);
    for (const chunks of cuts(bytes)) {
      const events = await read(PROTOBUF, ...chunks);
      expect(events.map(({ type }) => type)).to.deep.equal(['ADDED', 'DELETED']);
      expect(events[1]?.object.metadata.name).to.equal(captured.pods.running.json.metadata.name);
    }
  });

  it('reads events in JSON, however they are cut', async () => {
    const bytes = Buffer.from('{"type":"ADDED","object":{"a":"ö"}}\n\n{"type":"BOOKMARK","object":{}}\n');
    for (const chunks of cuts(bytes)) {
      expect(await read('application/json', ...chunks)).to.deep.equal([
        { type: 'ADDED', object: { a: 'ö' } },
        { type: 'BOOKMARK', object: {} },
      ]);
    }
  });

  it('drops a last event that is not whole', async () => {
    const whole = eventBytes('ADDED', 'Pod', POD);
    expect(await read(PROTOBUF, whole, whole.subarray(0, -1))).to.have.length(1);
    expect(await read(undefined, Buffer.from('{"type":"ADDED","object":{}}\n{"type":"ADDED"'))).to.have.length(1);
  });

  it('throws where an event claims to be larger than any object', async () => {
    const failure = await read(PROTOBUF, Buffer.from('HTTP/1.1')).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message').that.includes('claims to be of');
  });
});
