import { expect } from 'chai';
import { Status } from '../../../gen/google/rpc/status.js';
import { All, Item, Nested, Small } from '../../../gen/gwconf/v1/conformance.js';
import { exchange, parseAnswer, requestBytes, type RawRequest } from '../../gateway/raw-client.js';
import { type ConformanceServers, serveConformance } from '../../gateway/server.js';

const TYPE = 'application/x-protobuf';
const asProtobuf = [['Content-Type', TYPE]] as const;

describe('protobuf bodies', () => {
  let servers: ConformanceServers;
  before(async () => {
    servers = await serveConformance(() => 0);
  });
  after(() => servers.close());

  async function send(request: RawRequest): Promise<{ status: number; type: string | undefined; bytes: Buffer }> {
    const received = await exchange(servers.ports[8] ?? 0, requestBytes(request));
    const { status, headers } = parseAnswer(received);
    const type = headers.find(([name]) => name === 'Content-Type')?.[1];
    return { status, type, bytes: received.subarray(received.indexOf('\r\n\r\n') + 4) };
  }

  it('are read and answered as such', async () => {
    const message = All.fromPartial({ name: 'ä', i64: -5n, wS: '', st: { a: [1, null] }, byId: { 1: { amount: 2 } } });
    const body = Buffer.from(All.encode(message).finish());
    const answer = await send({ method: 'POST', target: '/v1/body', headers: asProtobuf, body });
    expect(answer).to.include({ status: 200, type: 'application/octet-stream' });
    expect(All.decode(answer.bytes)).to.deep.equal(message);
  });

  it('are answered to who accepts exactly that', async () => {
    const answer = await send({ method: 'GET', target: '/v1/err/0', headers: [['Accept', TYPE]] });
    expect(Small.decode(answer.bytes)).to.deep.equal({ name: 'ok', n: 0 });
  });

  it('may be empty, and may not be nonsense', async () => {
    const empty = await send({ method: 'POST', target: '/v1/body', headers: asProtobuf, body: '' });
    expect(empty).to.deep.equal({ status: 200, type: 'application/octet-stream', bytes: Buffer.alloc(0) });
    const nonsense = await send({ method: 'POST', target: '/v1/body', headers: asProtobuf, body: 'nonsense' });
    expect(nonsense.status).to.equal(400);
    expect(Status.decode(nonsense.bytes)).to.include({ code: 3 });
  });

  it('hold statuses with their details', async () => {
    const { status, bytes } = await send({
      method: 'GET',
      target: '/v1/err/9?details=1&msg=m',
      headers: [['Accept', TYPE]],
    });
    const { code, message, details } = Status.decode(bytes);
    expect({ status, code, message }).to.deep.equal({ status: 400, code: 9, message: 'm' });
    expect(details.map(({ typeUrl }) => typeUrl)).to.deep.equal([
      'type.googleapis.com/google.rpc.BadRequest',
      'type.googleapis.com/google.rpc.RetryInfo',
    ]);
  });

  it('can be a message inside of the response, and nothing else of it', async () => {
    const body = Buffer.from(All.encode(All.fromPartial({ name: 'x', nested: { amount: 3 } })).finish());
    const nested = await send({ method: 'POST', target: '/v1/rb/nested', headers: asProtobuf, body });
    expect(Nested.decode(nested.bytes).amount).to.equal(3);
    const text = await send({ method: 'POST', target: '/v1/rb/s', headers: asProtobuf, body });
    expect(text.status).to.equal(500);
    expect(Status.decode(text.bytes)).to.include({ code: 2, message: 'unable to marshal non proto field' });
  });

  it('cannot be a field of the request', async () => {
    const { status, bytes } = await send({ method: 'POST', target: '/v1/bodyn/x', headers: asProtobuf, body: 'x' });
    expect(status).to.equal(400);
    expect(Status.decode(bytes).message).to.equal('unable to unmarshal non proto field');
  });

  it('are one message of a stream of requests, and no stream of responses', async () => {
    const body = Buffer.from(Item.encode({ i: 1, s: 'a' }).finish());
    const one = await send({ method: 'POST', target: '/v1/cstream', headers: asProtobuf, body });
    expect(Item.decode(one.bytes)).to.deep.equal({ i: 1, s: 'a' });
    const stream = await send({ method: 'GET', target: '/v1/stream/2', headers: [['Accept', TYPE]] });
    expect(stream).to.include({ status: 500, type: 'application/octet-stream' });
    expect(stream.bytes.toString()).to.equal('0\r\n\r\n');
  });
});
