import { expect } from 'chai';
import { takeEvents, type WatchEvent } from '../../../../../server/kubernetes/api/watch-events.js';
import type { RawPod } from '../../../../../server/kubernetes/objects.js';
import captured from '../../../../support/server/captured-protobuf.json' with { type: 'json' };
import { eventBytes } from '../../../../support/server/protobuf.js';

const POD = Buffer.from(captured.pods.running.protobuf, 'base64');
const PROTOBUF = 'application/vnd.kubernetes.protobuf;stream=watch';

/** The events of a body that comes in these pieces. */
function read(contentType: string | undefined, ...pieces: readonly Buffer[]): WatchEvent<RawPod>[] {
  const events: WatchEvent<RawPod>[] = [];
  const taker = takeEvents<RawPod>(contentType, (event) => events.push(event));
  for (const piece of pieces) taker.take(piece);
  return events;
}

/** The bytes one by one, and in pieces of some sizes. */
function cuts(bytes: Buffer): readonly (readonly Buffer[])[] {
  return [1, 3, 1000, bytes.length].map((size) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)),
  );
}

describe('takeEvents', () => {
  it('reads events in protobuf, however they are cut', () => {
    const bytes = Buffer.concat([eventBytes('ADDED', 'Pod', POD), eventBytes('DELETED', 'Pod', POD)]);
    for (const chunks of cuts(bytes)) {
      const events = read(PROTOBUF, ...chunks);
      expect(events.map(({ type }) => type)).to.deep.equal(['ADDED', 'DELETED']);
      expect(events[1]?.object.metadata.name).to.equal(captured.pods.running.json.metadata.name);
    }
  });

  it('reads events in JSON, however they are cut', () => {
    const bytes = Buffer.from('{"type":"ADDED","object":{"a":"ö"}}\n\n{"type":"BOOKMARK","object":{}}\n');
    for (const chunks of cuts(bytes)) {
      expect(read('application/json', ...chunks)).to.deep.equal([
        { type: 'ADDED', object: { a: 'ö' } },
        { type: 'BOOKMARK', object: {} },
      ]);
    }
  });

  it('drops a last event that is not whole', () => {
    const whole = eventBytes('ADDED', 'Pod', POD);
    expect(read(PROTOBUF, whole, whole.subarray(0, -1))).to.have.length(1);
    expect(read(undefined, Buffer.from('{"type":"ADDED","object":{}}\n{"type":"ADDED"'))).to.have.length(1);
  });

  it('throws where an event claims to be larger than any object', () => {
    expect(() => read(PROTOBUF, Buffer.from('HTTP/1.1'))).to.throw('claims to be of');
  });
});
