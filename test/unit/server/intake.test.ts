import { Readable } from 'node:stream';
import { expect } from 'chai';
import { Intake } from '../../../server/intake.js';

const KIB = 1024;

async function all(intake: Intake): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  while (await intake.more()) taken.push(intake.take());
  return taken;
}

describe('Intake', () => {
  it('gives all that a stream brings', async () => {
    const chunks = ['a', 'bc', 'd'].map((text) => Buffer.from(text));
    expect(Buffer.concat(await all(new Intake(Readable.from(chunks, { objectMode: false })))).toString()).to.equal(
      'abcd',
    );
  });

  it('waits for what comes later, and for the end', async () => {
    const stream = new Readable({ read: () => {} });
    const taken = all(new Intake(stream));
    for (const text of ['a', 'b']) {
      await new Promise(setImmediate);
      stream.push(text);
    }
    await new Promise(setImmediate);
    stream.push(null);
    expect(Buffer.concat(await taken).toString()).to.equal('ab');
  });

  it('takes little at once of much that has come', async () => {
    const stream = new Readable({ read: () => {} });
    stream.push(Buffer.alloc(100 * KIB));
    stream.push(null);
    const sizes = (await all(new Intake(stream))).map(({ length }) => length / KIB);
    expect(sizes).to.deep.equal([32, 32, 32, 4]);
  });

  it('asks for no more while nobody takes what has come', async () => {
    let asked = 0;
    const stream = new Readable({
      highWaterMark: 32 * KIB,
      read() {
        asked += 16 * KIB;
        this.push(Buffer.alloc(16 * KIB));
      },
    });
    const intake = new Intake(stream);
    await intake.more();
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(asked).to.equal(32 * KIB);
    intake.take();
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(asked).to.be.within(32 * KIB, 64 * KIB);
    stream.destroy();
  });

  it('tells why a stream broke off, and that it did', async () => {
    const failed = new Readable({ read: () => {} });
    const failure = all(new Intake(failed)).catch((error: unknown) => error);
    failed.destroy(new Error('reset'));
    expect(await failure).to.have.property('message', 'reset');
    const gone = new Readable({ read: () => {} });
    const cut = all(new Intake(gone)).catch((error: unknown) => error);
    gone.destroy();
    expect(await cut).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE');
  });
});
