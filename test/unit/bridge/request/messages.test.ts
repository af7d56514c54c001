import { expect } from 'chai';
import { JsonReader } from '../../../../bridge/json/reader.js';
import { parseMessages } from '../../../../bridge/request/messages.js';
import { Schema } from '../../../../bridge/schema.js';
import { StatusError } from '../../../../bridge/status.js';
import { protoMetadata } from '../../../../gen/k8scli/v1/task_service.js';

const schema = new Schema([protoMetadata]);
const readRequest = new JsonReader(schema, {}).message(schema.message('k8scli.v1.GetTaskRequest'));

/** Task ids of a body that comes in these pieces, and the error that ended it. */
async function read(pieces: Iterable<string>, maxBytes = 100): Promise<unknown[]> {
  const seen: unknown[] = [];
  async function* body(): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield Buffer.from(piece, 'latin1');
  }
  try {
    for await (const message of parseMessages(body(), readRequest, maxBytes)) seen.push(message.taskId);
  } catch (error) {
    expect(error).to.be.instanceOf(StatusError);
    seen.push(String(error));
  }
  return seen;
}

describe('parseMessages', () => {
  it('yields values in a row, with anything or nothing blank between them', async () => {
    expect(await read(['{"taskId":"a"}\n{"taskId":"b"}{}  '])).to.deep.equal(['a', 'b', '']);
    expect(await read([' \n'])).to.deep.equal([]);
  });

  it('does not care how the body is cut', async () => {
    const body = Buffer.from('{"taskId":"}\\"{ä"}[0]').toString('latin1');
    const whole = await read([body]);
    expect(whole).to.deep.equal(['}"{ä', 'StatusError: proto: syntax error (line 1:1): unexpected token [']);
    expect(await read(body)).to.deep.equal(whole);
  });

  it('yields a value before the next one is there', async () => {
    let asked = 0;
    async function* body(): AsyncGenerator<Buffer> {
      for (; asked < 2; asked++) yield Buffer.from(`{"taskId":"${asked}"} `);
    }
    const messages = parseMessages(body(), readRequest, 100);
    expect((await messages.next()).value?.taskId).to.equal('0');
    expect(asked).to.equal(0);
    await messages.return();
  });

  it('throws at the first that is none, at the latest when the body ends', async () => {
    const text = 'StatusError: proto: syntax error (line 1:1): unexpected token [';
    expect(await read(['{"taskId":"a"}[]'])).to.deep.equal(['a', text]);
    expect(await read(['{} }{}'])).to.deep.equal([
      '',
      "StatusError: invalid character '}' looking for beginning of value",
    ]);
    expect(await read(['{"taskId'])).to.deep.equal(['StatusError: unexpected EOF']);
  });

  it('keeps no more of an unfinished value than is allowed', async () => {
    const text = 'StatusError: grpc: received message larger than max (20 vs. 10)';
    expect(await read(['{}', '{"taskId":', '"aaaaaaaaa'], 10)).to.deep.equal(['', text]);
  });
});
