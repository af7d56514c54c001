import { Client, credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { createBridge } from '../../../bridge/bridge.js';
import { proxyHandlers } from '../../../bridge/proxy.js';
import { createBridgeServer } from '../../../bridge/server.js';
import { protoMetadata as errorDetails } from '../../../gen/google/rpc/error_details.js';
import { All, ConfService, protoMetadata } from '../../../gen/gwconf/v1/conformance.js';
import { serveOverGrpc } from '../../gateway/grpc-server.js';
import { listen } from '../../gateway/listen.js';
import { type Answer, exchange, parseAnswer, type RawRequest, send } from '../../gateway/raw-client.js';
import { type ConformanceServers, serveConformance } from '../../gateway/server.js';

/** What a caller sees, without what the transport in between adds, or joins: it has one value a key. */
function seen({ status, headers, body, trailers }: Answer): unknown {
  const own = headers.filter(([name]) => /^(content-type|grpc-metadata-(foo|x-bin-bin)|www-authenticate)$/i.test(name));
  const others = trailers.filter(([name]) => !/status-details/i.test(name));
  return { status, body, headers: joined(own), trailers: joined(others) };
}

function joined(fields: Answer['headers']): unknown {
  const values = new Map<string, string>();
  for (const [name, value] of fields) values.set(name, values.has(name) ? `${values.get(name)}, ${value}` : value);
  return Object.fromEntries(values);
}

describe('a bridge that passes calls on', () => {
  let direct: ConformanceServers;
  let port: number;
  const close: (() => void)[] = [];

  before(async () => {
    direct = await serveConformance(() => 0);
    const grpc = await serveOverGrpc();
    const client = new Client(grpc.address, credentials.createInsecure());
    const handlers = proxyHandlers(ConfService, client);
    const service = { definition: ConfService, metadata: protoMetadata, name: 'gwconf.v1.Conf', handlers };
    const server = await listen(createBridgeServer(createBridge({ services: [service], types: [errorDetails] })));
    ({ port } = server);
    close.push(
      () => void server.close(),
      () => client.close(),
      () => grpc.close(),
    );
  });
  after(async () => {
    for (const one of close) one();
    await direct.close();
  });

  const te = [['TE', 'trailers']] as const;
  const requests: readonly RawRequest[] = [
    { method: 'GET', target: '/v1/one/a%20b?i64=9007199254740993&nested.color=RED&ts=2020-01-02T03:04:05Z' },
    {
      method: 'POST',
      target: '/v1/body',
      body: '{"cNum":0,"any":{"@type":"type.googleapis.com/gwconf.v1.Item","i":1}}',
    },
    { method: 'GET', target: '/v1/setheaders', headers: te },
    { method: 'GET', target: '/v1/setheaders?n=16', headers: te },
    { method: 'GET', target: '/v1/err/9?details=1&msg=m%C3%A4' },
    { method: 'GET', target: '/v1/err/99' },
    { method: 'GET', target: '/v1/stream/3?header=1' },
    { method: 'GET', target: '/v1/stream/0' },
    { method: 'GET', target: '/v1/stream/3?code=5&fail_after=0' },
    { method: 'GET', target: '/v1/stream/3?code=7&fail_after=2' },
    { method: 'POST', target: '/v1/cstream', body: '{"s":"a"}{"s":"b"}' },
    { method: 'POST', target: '/v1/cstream', body: '{"s":"a"}{"s":5}' },
    { method: 'POST', target: '/v1/bidi', body: '{"s":"a"}{"s":"b"}' },
    { method: 'POST', target: '/v1/bidi', body: '{"s":"a"}{"s":"fail"}' },
    { method: 'POST', target: '/v1/bidi', body: '{"s":"a"} nonsense' },
    { method: 'GET', target: '/v1/downloadstream?n=2&content_type=a/b' },
    { method: 'GET', target: '/v1/sleep/60000', headers: [['Grpc-Timeout', '20m']] },
  ];
  for (const request of requests) {
    it(`answers ${request.method} ${request.target} ${String(request.body ?? '')} like one in the same process`, async () => {
      const [answer, expected] = await Promise.all([send(port, request), send(direct.ports[0] ?? 0, request)]);
      expect(seen(answer)).to.deep.equal(seen(expected));
    });
  }

  it('passes metadata, the deadline and the address on', async () => {
    const headers = [
      ['Authorization', 'Bearer x'],
      ['Cookie', 'a=b'],
      ['Grpc-Timeout', '1H'],
    ] as const;
    const { md, deadlineMs } = JSON.parse((await send(port, { method: 'GET', target: '/v1/headers', headers })).body);
    expect(md).to.include({ authorization: '["Bearer x"]', 'grpcgateway-cookie': '["a=b"]' });
    expect(md).to.include({ 'x-forwarded-for': '["127.0.0.1"]', 'x-forwarded-host': '["gateway.test"]' });
    expect(Number(deadlineMs)).to.be.within(3_590_000, 3_600_000);
  });

  it('answers each message of a stream before the next one comes', async () => {
    const head = 'POST /v1/bidi HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    const received = await exchange(port, `${head}9\r\n{"s":"a"}\r\n`, (socket) => {
      socket.once('data', (first) => {
        expect(String(first)).to.include('{"result":{"i":0,"s":"a"}}');
        socket.write('9\r\n{"s":"b"}\r\n');
        socket.once('data', () => socket.write('0\r\n\r\n'));
      });
    });
    expect(parseAnswer(received).body).to.equal('{"result":{"i":0,"s":"a"}}\n{"result":{"i":0,"s":"b"}}\n');
  });

  it('says that nobody is there', async () => {
    const client = new Client('127.0.0.1:1', credentials.createInsecure());
    close.push(() => client.close());
    const { pathOne } = proxyHandlers(ConfService, client);
    const context = { metadata: [], signal: new AbortController().signal, sendHeader: () => {}, setTrailer: () => {} };
    const answer = await Promise.resolve(pathOne?.(All.create(), context as never)).catch((error: unknown) => error);
    expect(answer).to.include({ name: 'StatusError', code: 14 });
  });
});
