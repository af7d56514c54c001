import { expect } from 'chai';
import { type BridgeOptions, createBridge } from '../../../bridge/bridge.js';
import { type BridgeServerOptions, createBridgeServer } from '../../../bridge/server.js';
import { ConfService, protoMetadata } from '../../../gen/gwconf/v1/conformance.js';
import { listen } from '../../gateway/listen.js';
import { type Answer, exchange, parseAnswer } from '../../gateway/raw-client.js';
import { conformanceHandlers } from '../../gateway/service.js';

const closers: (() => Promise<void>)[] = [];

/** Serves the conformance service until the test ends; answers the port. */
async function serve(options: BridgeServerOptions = {}, bridge: Partial<BridgeOptions> = {}): Promise<number> {
  const service = {
    definition: ConfService,
    metadata: protoMetadata,
    name: 'gwconf.v1.Conf',
    handlers: conformanceHandlers,
  };
  const server = await listen(createBridgeServer(createBridge({ services: [service], ...bridge }), options));
  closers.push(server.close);
  return server.port;
}

describe('an HTTP server for a bridge', () => {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function ask(bytes: string, ...options: Parameters<typeof serve>): Promise<Answer> {
    return parseAnswer(await exchange(await serve(...options), bytes));
  }

  function header(answer: Answer, name: string): string | undefined {
    return answer.headers.find(([one]) => one === name)?.[1];
  }

  for (const [what, line, status, code] of [
    ['a made-up method of a known path', 'BREW /v1/one/abc', 501, 12],
    ['a lower-case method of a known path', 'get /v1/one/abc?x=y', 501, 12],
    ['a made-up method of an unknown path', 'BREW /v1/nowhere', 404, 5],
  ] as const) {
    it(`answers ${what} as the gateway does`, async () => {
      const answer = await ask(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer.status).to.equal(status);
      expect(header(answer, 'Content-Type')).to.equal('application/json');
      expect(JSON.parse(answer.body)).to.include({ code });
    });
  }

  for (const [what, bytes, status, text] of [
    ['what is no HTTP', 'hello\r\n\r\n', 400, '400 Bad Request'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, '400 Bad Request: missing required Host header'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, '400 Bad Request'],
    [
      'two lengths',
      'POST /v1/body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
      '400 Bad Request',
    ],
    [
      'another transfer encoding',
      'POST /v1/body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n{}',
      501,
      'Unsupported transfer encoding',
    ],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400, '400 Bad Request: malformed Host header'],
    ['a bad host in the target', 'GET http://h:x/v1/one/n HTTP/1.1\r\nHost: x\r\n\r\n', 400, '400 Bad Request'],
    ['a bad host and a made-up method', 'BREW http://h:x/v1/one/n HTTP/1.1\r\nHost: x\r\n\r\n', 400, '400 Bad Request'],
    ['a bad escape in the path of HEAD', 'HEAD /v1/one/%zz HTTP/1.1\r\nHost: x\r\n\r\n', 400, '400 Bad Request'],
    ['no version', 'GET /v1/one/n\r\n\r\n', 400, '400 Bad Request'],
    [
      'a version to come',
      'GET /v1/one/n HTTP/2.0\r\nHost: x\r\n\r\n',
      505,
      '505 HTTP Version Not Supported: unsupported protocol version',
    ],
    ['a bad escape in the path', 'GET /v1/one/%zz HTTP/1.1\r\nHost: x\r\n\r\n', 400, '400 Bad Request'],
  ] as const) {
    it(`answers ${what} in plain text`, async () => {
      const answer = await ask(bytes);
      expect(answer).to.include({ status, body: text });
      expect(header(answer, 'Content-Type')).to.equal('text/plain; charset=utf-8');
      expect(header(answer, 'Connection')).to.equal('close');
    });
  }

  it('separates the values of a repeated field in a path as it is told', async () => {
    const line = 'GET /v1/t/strs/a,b%7Cc HTTP/1.0\r\n\r\n';
    expect((await ask(line)).body).to.include('"strs":["a","b|c"]');
    expect((await ask(line, {}, { repeatedPathParamSeparator: 'pipes' })).body).to.include('"strs":["a,b","c"]');
  });

  it('derives no FieldMask for a PATCH where that is not wanted', async () => {
    const patch = 'PATCH /v1/patch/p HTTP/1.0\r\nContent-Length: 12\r\n\r\n{"amount":5}';
    expect((await ask(patch)).body).to.include('"mask":"amount"');
    expect((await ask(patch, {}, { allowPatchFeature: false })).body).to.include('"mask":null');
  });

  it('takes no Host from HTTP/1.0', async () => {
    expect((await ask('GET / HTTP/1.0\r\n\r\n')).status).to.equal(200);
  });

  it('refuses headers that are too long', async () => {
    const request = `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(9000)}\r\n\r\n`;
    const answer = await ask(request, { maxHeaderBytes: 4000 });
    expect(answer).to.include({ status: 431, body: '431 Request Header Fields Too Large' });
    expect((await ask(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))).status).to.equal(200);
  });

  it('sends binary metadata as it is, also the bytes that Node refuses', async () => {
    const answer = await ask('GET /v1/setheaders HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close\r\n\r\n');
    expect(header(answer, 'Grpc-Metadata-X-Bin-Bin')).to.equal('\0\u0001\u00ff');
    expect(answer.trailers).to.deep.include(['Grpc-Trailer-T-Bin', '\u00fe']);
  });

  it('sends no line end that a handler puts into a header', async () => {
    const body = JSON.stringify({ code: 16, msg: 'a\r\nX-Evil: \u0001b' });
    const head = 'POST /v1/err HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
    const answer = await ask(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(header(answer, 'Www-Authenticate')).to.equal('a  X-Evil: \u0001b');
    expect(header(answer, 'X-Evil')).to.equal(undefined);
  });

  for (const [headers, status, body] of [
    ['Grpc-Timeout: 1H\r\nGrpc-Timeout: nonsense', 200, '"name":"n"'],
    ['Content-Type: nonsense;\r\nContent-Type: application/x-protobuf', 200, '"name":"n"'],
  ] as const) {
    it(`goes by the first of several headers: ${headers}`, async () => {
      const answer = await ask(`GET /v1/one/n HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n\r\n`);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.include(body);
    });
  }

  it('takes a form that asks for POST for a GET where there is no POST', async () => {
    const head = 'POST /v1/one/n HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: post\r\nConnection: close\r\n';
    const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\ni32=7';
    expect((await ask(head + form)).body).to.include('"name":"n","i32":7');
  });

  it('answers who closes its half of the connection that its call was cancelled', async () => {
    const port = await serve();
    const unary = await exchange(port, 'GET /v1/sleep/60000 HTTP/1.1\r\nHost: x\r\n\r\n', (socket) => socket.end());
    expect(parseAnswer(unary)).to.deep.include({
      status: 499,
      body: '{"code":1,"message":"context canceled","details":[]}',
    });
    const stream = 'GET /v1/stream/2?sleep_ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n';
    const received = await exchange(port, stream, (socket) => socket.once('data', () => socket.end()));
    expect(parseAnswer(received).body).to.equal(
      '{"result":{"i":0,"s":"m0"}}\n{"error":{"code":1,"message":"context canceled","details":[]}}\n',
    );
  });

  it('answers requests that come in a row, in their order', async () => {
    const request = (name: string, end = ''): string => `GET /v1/overlap/${name} HTTP/1.1\r\nHost: x\r\n${end}\r\n`;
    const bytes = `GET /v1/sleep/20 HTTP/1.1\r\nHost: x\r\n\r\n${request('a')}${request('b', 'Connection: close\r\n')}`;
    const received = (await exchange(await serve(), bytes)).toString();
    expect(received.match(/"name":"[^"]*"/g)).to.deep.equal(['"name":"slept"', '"name":"first:a"', '"name":"first:b"']);
  });

  it('gives up on a body that does not come, and not on a stream of requests', async () => {
    const head = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n';
    const port = await serve({}, { bodyTimeoutMs: 30 });
    expect(parseAnswer(await exchange(port, `POST /v1/body ${head}`))).to.include({
      status: 408,
      body: '408 Request Timeout',
    });
    const received = await exchange(port, `POST /v1/bidi ${head}`, (socket) => {
      setTimeout(() => socket.write('2\r\n{}\r\n0\r\n\r\n'), 100);
    });
    expect(parseAnswer(received).body).to.equal('{"result":{"i":0,"s":""}}\n'.repeat(2));
  });

  it('answers once, also where what is malformed comes behind the answer', async () => {
    const port = await serve();
    const head = 'HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const unary = (await exchange(port, `POST /v1/nowhere ${head}zz\r\n`)).toString();
    expect(unary.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 404']);
    const stream = await exchange(port, `POST /v1/bidi ${head}2\r\n{}\r\n`, (socket) => {
      socket.once('data', () => socket.write('zz\r\n'));
    });
    expect(stream.toString().match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 200']);
  });

  it('answers CONNECT as any other method', async () => {
    expect(await ask('CONNECT /v1/one/n HTTP/1.1\r\nConnection: close\r\n\r\n')).to.include({ status: 501 });
    expect(await ask('CONNECT x:80 HTTP/1.1\r\nConnection: close\r\n\r\n')).to.include({
      status: 400,
      body: '{"code":3,"message":"Bad Request","details":[]}',
    });
  });

  it('gives status 499 a reason', async () => {
    const port = await serve();
    const received = await exchange(port, 'GET /v1/err/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(received.toString()).to.match(/^HTTP\/1\.1 499 status code 499\r\n/);
  });

  it('lets a caller wait for the word to go on', async () => {
    const head =
      'POST /v1/empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
    const received = await exchange(await serve(), head, (socket) => socket.once('data', () => socket.write('{}')));
    expect(received.toString()).to.match(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it('answers OPTIONS * itself', async () => {
    const answer = await ask('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).to.include({ status: 200, body: '' });
  });

  it('asks who may come in before anything else', async () => {
    const answer = await ask('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', {
      admit: (_, response) => {
        response.send(403, [], '');
        return false;
      },
    });
    expect(answer.status).to.equal(403);
  });

  describe('for web pages', () => {
    const corsOrigins = ['https://app.example'];
    const preflight = (origin: string): string =>
      `OPTIONS /v1/body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: ${origin}\r\n` +
      'Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-user,content-type\r\n\r\n';
    const get = (origin: string): string =>
      `GET /v1/nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: ${origin}\r\n\r\n`;

    it('answers the preflight of a listed origin', async () => {
      const answer = await ask(preflight('https://app.example'), { corsOrigins });
      expect(answer.status).to.equal(204);
      expect(header(answer, 'Access-Control-Allow-Origin')).to.equal('https://app.example');
      expect(header(answer, 'Access-Control-Allow-Methods')).to.equal('POST');
      expect(header(answer, 'Access-Control-Allow-Headers')).to.equal('x-user,content-type');
      expect(header(answer, 'Vary')).to.equal('Origin');
    });

    it('lets it read answers, errors too', async () => {
      const answer = await ask(get('https://app.example'), { corsOrigins });
      expect(answer.status).to.equal(404);
      expect(header(answer, 'Access-Control-Allow-Origin')).to.equal('https://app.example');
      expect(header(answer, 'Access-Control-Expose-Headers')).to.equal('*');
    });

    for (const [who, options] of [
      ['other origins', { corsOrigins }],
      ['everybody while none is listed', {}],
    ] as const) {
      it(`says nothing to ${who}`, async () => {
        for (const request of [preflight('https://evil.example'), get('https://evil.example')]) {
          const answer = await ask(request, options);
          expect(answer.status).to.equal(request.startsWith('GET') ? 404 : 501);
          expect(answer.headers.filter(([name]) => name.startsWith('Access-Control'))).to.deep.equal([]);
        }
      });
    }
  });
});
