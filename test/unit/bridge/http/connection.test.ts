import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import type { HttpRequest } from '../../../../bridge/http/request.js';
import type { HttpResponse } from '../../../../bridge/http/response.js';
import type { HttpLimits } from '../../../../bridge/http/connection.js';
import { HttpServer } from '../../../../bridge/http/server.js';
import { exchange } from '../../../gateway/raw-client.js';
import { listen } from '../../../gateway/listen.js';

const LONG_MS = 60_000;
const LIMITS: HttpLimits = {
  maxHeadBytes: 1000,
  headTimeoutMs: LONG_MS,
  idleTimeoutMs: LONG_MS,
  restTimeoutMs: LONG_MS,
  lingerMs: LONG_MS,
};
const GET = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n';

type Handle = (request: HttpRequest, response: HttpResponse) => void;

const hello: Handle = ({ head }, response) => response.send(200, [], head.rawTarget);

describe('a connection', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function serve(
    handle: Handle,
    limits: Partial<HttpLimits> = {},
  ): Promise<{ port: number; server: HttpServer }> {
    const server = new HttpServer(handle, { ...LIMITS, ...limits });
    const { port, close } = await listen(server);
    closers.push(close);
    return { port, server };
  }

  async function call(port: number): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  }

  async function all(socket: Socket): Promise<string> {
    let received = '';
    for await (const chunk of socket) received += String(chunk);
    return received;
  }

  it('has requests answered that come byte by byte, and in a row', async () => {
    const { port } = await serve(hello);
    const socket = await call(port);
    socket.setNoDelay(true);
    const bytes = `${GET}POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n${GET.replace('/a', '/c')}`;
    for (const byte of bytes) socket.write(byte);
    socket.end();
    expect((await all(socket)).match(/\/[abc]$|\/[abc](?=HTTP)/g)).to.deep.equal(['/a', '/b', '/c']);
  });

  it('ends when a head takes too long, and says so', async () => {
    const { port } = await serve(hello, { headTimeoutMs: 40 });
    expect((await exchange(port, 'GET / HTTP/1.1\r\nHost:')).toString()).to.match(
      /^HTTP\/1\.1 408 Request Timeout\r\n/,
    );
  });

  it('ends without a word when there is no next request', async () => {
    const { port } = await serve(hello, { idleTimeoutMs: 40 });
    expect((await exchange(port, GET)).toString()).to.match(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\/a$/s);
  });

  for (const [what, bytes, answer] of [
    ['nothing', '', ''],
    ['half a head', 'GET / HTTP/1.1\r\nHost', 'HTTP/1.1 400 Bad Request'],
    ['half a line', 'GET /', 'HTTP/1.1 400 Bad Request'],
  ] as const) {
    it(`answers who leaves behind ${what} as Go does`, async () => {
      const { port } = await serve(hello);
      const received = await exchange(port, bytes, (socket) => socket.end());
      expect(received.toString().split('\r\n')[0]).to.equal(answer);
    });
  }

  it('tells its handler that the caller has gone', async () => {
    let left: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { port } = await serve((request) => {
      request.whenGone(left);
      begin();
    });
    const socket = await call(port);
    socket.write(GET);
    await begun;
    socket.destroy();
    await gone;
  });

  it('reads no more of a body than its reader wants', async () => {
    let bodies: HttpRequest['body'] | undefined;
    const { port } = await serve(({ body }) => {
      bodies = body;
    });
    const socket = await call(port);
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n');
    const piece = Buffer.alloc(1024 * 1024);
    while (socket.write(piece));
    const sentAll = once(socket, 'drain').then(() => true);
    // Whatever the kernel's buffers take: more than waits for the reader never comes.
    for (let looks = 0; looks < 20; looks += 1) await new Promise(setImmediate);
    expect(bodies?.waitingBytes ?? 0).to.be.lessThan(1024 * 1024);
    const read = (async () => {
      let size = 0;
      while (size < piece.length) size += (await bodies?.next())?.length ?? 0;
    })();
    await Promise.all([read, sentAll]);
    socket.destroy();
  });

  it('makes no more answers than its caller reads', async () => {
    let answered = 0;
    const body = 'x'.repeat(100_000);
    const { port } = await serve((_, response) => {
      answered += 1;
      response.send(200, [], body);
    });
    const socket = await call(port);
    socket.pause();
    const requests = 2000;
    socket.write(GET.repeat(requests));
    const settled = async (): Promise<number> => {
      for (let before = -1; before !== answered; ) {
        before = answered;
        for (let looks = 0; looks < 50; looks += 1) await new Promise(setImmediate);
      }
      return answered;
    };
    expect(await settled()).to.be.lessThan(requests);
    socket.end();
    let bytes = 0;
    for await (const chunk of socket) bytes += (chunk as Buffer).length;
    expect(answered).to.equal(requests);
    expect(bytes).to.be.greaterThan(requests * body.length);
  });

  it('lets a caller read its last answer as slowly as it likes', async () => {
    const body = 'x'.repeat(20_000_000);
    const { port } = await serve((_, response) => response.send(200, [], body), { lingerMs: 10, idleTimeoutMs: 200 });
    const socket = await call(port);
    socket.pause();
    socket.write(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    // Another connection is ended for its long silence, so that time has passed for this one too.
    await exchange(port, GET);
    socket.end();
    let bytes = 0;
    for await (const chunk of socket) bytes += (chunk as Buffer).length;
    expect(bytes).to.be.greaterThan(body.length);
  });

  it('lets answers finish when the server stops, and takes no more requests', async () => {
    let answer: () => void = () => undefined;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { port, server } = await serve((_, response) => {
      answer = () => response.send(200, [], 'done');
      begin();
    });
    const idle = await call(port);
    const idleEnds = all(idle);
    const socket = await call(port);
    socket.write(GET);
    await begun;
    const stopped = server.stop(LONG_MS);
    expect(await idleEnds).to.equal('');
    answer();
    expect(await all(socket)).to.match(/\r\nConnection: close\r\n\r\ndone$/);
    await stopped;
  });

  it('lets answers be read when the server stops', async () => {
    const body = 'x'.repeat(20_000_000);
    const { port, server } = await serve((_, response) => response.send(200, [], body));
    const socket = await call(port);
    socket.write(GET);
    await once(socket, 'readable');
    const stopped = server.stop(LONG_MS);
    let bytes = 0;
    for await (const chunk of socket) bytes += (chunk as Buffer).length;
    socket.end();
    expect(bytes).to.be.greaterThan(body.length);
    await stopped;
  });

  it('cuts answers that take longer than the server has', async () => {
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { port, server } = await serve(() => begin());
    const socket = await call(port);
    socket.on('error', () => undefined);
    const ended = once(socket, 'end');
    socket.write(GET);
    socket.resume();
    await begun;
    await server.stop(10);
    await ended;
    socket.destroy();
  });

  it('says that a caller may go on when somebody wants its body, and not before', async () => {
    const { port } = await serve(({ body, head }, response) => {
      if (head.rawTarget === '/refused') response.send(404, [], '');
      else void body.next().then(() => response.send(200, [], ''));
    });
    const ask = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n`;
    const taken = await exchange(port, ask('/taken'), (socket) => socket.once('data', () => socket.write('x')));
    expect(taken.toString()).to.match(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect((await exchange(port, ask('/refused'))).toString()).to.match(/^HTTP\/1\.1 404 Not Found\r\n/);
    const other = await exchange(port, ask('/taken').replace('100-continue', 'more'));
    expect(other.toString()).to.match(/^HTTP\/1\.1 417 Expectation Failed\r\n/);
  });

  it('answers who is refused behind what it sends, and says when that does not come', async () => {
    const { port } = await serve((_, response) => response.send(404, [], ''), { restTimeoutMs: 40 });
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
    const sent = (await exchange(port, `${head}1\r\nx\r\n0\r\n\r\n${head}zz\r\n`)).toString();
    expect(sent.match(/404 Not Found|Connection: close/g)).to.deep.equal([
      '404 Not Found',
      '404 Not Found',
      'Connection: close',
    ]);
    const missing = (await exchange(port, head)).toString();
    expect(missing.match(/404 Not Found|Connection: close/g)).to.deep.equal(['404 Not Found', 'Connection: close']);
  });
});
