import { expect } from 'chai';
import type { RawPod } from '../../../../../../server/kubernetes/objects.js';
import { ListReader } from '../../../../../../server/kubernetes/api/protobuf/list.js';
import captured from '../../../../../support/server/captured-protobuf.json' with { type: 'json' };
import { listBytes, objectBytes } from '../../../../../support/server/protobuf.js';

const [running, ended] = Object.values(captured.pods).map(({ protobuf }) => Buffer.from(protobuf, 'base64'));
const names = Object.values(captured.pods).map(({ json }) => json.metadata.name);

/** What is read of bytes that come in pieces of this size. */
function read(bytes: Buffer, size = bytes.length): { metadata: object; objects: object[] } {
  const objects: object[] = [];
  const reader = new ListReader((object) => objects.push(object));
  for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
  return { metadata: reader.end(), objects };
}

function failure(bytes: Buffer): string {
  try {
    read(bytes);
    return 'none';
  } catch (error) {
    return String(error);
  }
}

describe('ListReader', () => {
  const list = listBytes('Pod', { resourceVersion: '17', next: 'more' }, [running!, ended!, running!]);

  it('reads the same, in whatever pieces it comes', () => {
    const whole = read(list);
    expect(whole.metadata).to.deep.equal({ resourceVersion: '17', continue: 'more' });
    const found = whole.objects.map((pod) => (pod as RawPod).metadata.name);
    expect(found).to.deep.equal([names[0], names[1], names[0]]);
    for (const size of [1, 2, 3, 7, 100, 1000, list.length - 1]) {
      expect(read(list, size), `pieces of ${size} bytes`).to.deep.equal(whole);
    }
  });

  it('tells of objects before all of them have come', () => {
    const objects: object[] = [];
    const reader = new ListReader((object) => objects.push(object));
    reader.take(list.subarray(0, list.length / 2));
    expect(objects).to.have.lengthOf(1);
  });

  it('reads a list of nothing', () => {
    const { metadata, objects } = read(listBytes('Job', { resourceVersion: '17' }, []));
    expect(metadata).to.deep.equal({ resourceVersion: '17' });
    expect(objects).to.deep.equal([]);
  });

  it('throws where it ends too soon, wherever that is', () => {
    // Behind the list its envelope goes on, with nothing that anybody reads.
    for (let length = 0; length < list.length - 4; length += 97) {
      expect(failure(list.subarray(0, length)), `${length} bytes`).to.contain('cut off');
    }
  });

  it('throws where it is no list, of a kind that nobody reads, or broken', () => {
    expect(failure(Buffer.from('{"kind":"PodList"}'))).to.contain('no list');
    expect(failure(objectBytes('Pod', running!))).to.contain('Pod is no list');
    expect(failure(listBytes('Node', { resourceVersion: '1' }, [running!]))).to.contain('kind Node');
    expect(failure(objectBytes('PodList', Buffer.from([0x12, 0xff, 0x01])))).to.contain('claims to be of 255 bytes');
  });
});
