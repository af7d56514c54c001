import { expect } from 'chai';
import type { RawPod } from '../../../../../server/kubernetes/objects.js';
import { readList } from '../../../../../server/kubernetes/protobuf/list.js';
import captured from '../../../../support/server/captured-protobuf.json' with { type: 'json' };
import { listBytes, objectBytes } from '../../../../support/server/protobuf.js';

const [running, ended] = Object.values(captured.pods).map(({ protobuf }) => Buffer.from(protobuf, 'base64'));
const names = Object.values(captured.pods).map(({ json }) => json.metadata.name);

/** The bytes in pieces of this size. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What is read of bytes that come in pieces of this size. */
async function read(bytes: Buffer, size = bytes.length): Promise<{ metadata: object | undefined; objects: object[] }> {
  const objects: object[] = [];
  let metadata: object | undefined;
  for await (const part of readList(pieces(bytes, size))) {
    if ('metadata' in part) metadata = part.metadata;
    else objects.push(...part.objects);
  }
  return { metadata, objects };
}

async function failure(bytes: Buffer): Promise<string> {
  return read(bytes).then(
    () => 'none',
    (error: unknown) => String(error),
  );
}

describe('readList', () => {
  const list = listBytes('Pod', { resourceVersion: '17', next: 'more' }, [running!, ended!, running!]);

  it('reads the same, in whatever pieces it comes', async () => {
    const whole = await read(list);
    expect(whole.metadata).to.deep.equal({ resourceVersion: '17', continue: 'more' });
    const found = whole.objects.map((pod) => (pod as RawPod).metadata.name);
    expect(found).to.deep.equal([names[0], names[1], names[0]]);
    for (const size of [1, 2, 3, 7, 100, 1000, list.length - 1]) {
      expect(await read(list, size), `pieces of ${size} bytes`).to.deep.equal(whole);
    }
  });

  it('tells of objects before all of them have come', async () => {
    const parts = readList(pieces(list, 1000));
    await parts.next();
    expect((await parts.next()).value)
      .to.have.property('objects')
      .with.lengthOf(1);
  });

  it('reads a list of nothing', async () => {
    const { metadata, objects } = await read(listBytes('Job', { resourceVersion: '17' }, []));
    expect(metadata).to.deep.equal({ resourceVersion: '17' });
    expect(objects).to.deep.equal([]);
  });

  it('throws where it ends too soon, wherever that is', async () => {
    // Behind the list its envelope goes on, with nothing that anybody reads.
    for (let length = 0; length < list.length - 4; length += 97) {
      expect(await failure(list.subarray(0, length)), `${length} bytes`).to.contain('cut off');
    }
  });

  it('throws where it is no list, of a kind that nobody reads, or broken', async () => {
    expect(await failure(Buffer.from('{"kind":"PodList"}'))).to.contain('no list');
    expect(await failure(objectBytes('Pod', running!))).to.contain('Pod is no list');
    expect(await failure(listBytes('Node', { resourceVersion: '1' }, [running!]))).to.contain('kind Node');
    expect(await failure(objectBytes('PodList', Buffer.from([0x12, 0xff, 0x01])))).to.contain(
      'claims to be of 255 bytes',
    );
  });
});
