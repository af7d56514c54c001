import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { createBridge } from '../../../../bridge/bridge.js';
import { type BridgeServerOptions, createBridgeServer } from '../../../../bridge/server.js';
import { ConfService, protoMetadata } from '../../../../gen/gwconf/v1/conformance.js';
import { listen } from '../../../gateway/listen.js';
import { exchange, parseAnswer } from '../../../gateway/raw-client.js';
import { conformanceHandlers } from '../../../gateway/service.js';

const HEAD = 'HTTP/1.1\r\nHost: x\r\n';
const SLOW = `GET /v1/sleep/60000 ${HEAD}\r\n`;
const QUICK = `GET /v1/overlap/n ${HEAD}\r\n`;
const TOO_SLOW = /^HTTP\/1\.1 408 Request Timeout\r\n(?:.+\r\n)*Connection: close\r\n\r\n408 Request Timeout$/;

const closers: (() => Promise<void>)[] = [];

/** Serves the conformance service until the test ends. */
async function serve(options: BridgeServerOptions = {}): Promise<number> {
  const service = {
    definition: ConfService,
    metadata: protoMetadata,
    name: 'gwconf.v1.Conf',
    handlers: conformanceHandlers,
  };
  const { port, close } = await listen(createBridgeServer(createBridge({ services: [service] }), options));
  closers.push(close);
  return port;
}

/** All that comes back for these bytes until the server ends the connection. */
async function ask(options: BridgeServerOptions, bytes: string, act?: (socket: Socket) => void): Promise<string> {
  return (await exchange(await serve(options), bytes, act)).toString('latin1');
}

/** Resolves when another caller has had an answer, which takes the server some turns of the event loop. */
async function askAnother(port: number): Promise<void> {
  await exchange(port, QUICK.replace('1.1', '1.0'));
}

describe('the limits of an HTTP server', () => {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  describe('of time', () => {
    it('ends a connection on which nothing is asked', async () => {
      expect(await ask({ headersTimeoutMs: 20 }, '')).to.equal('');
    });

    it('counts from the first byte of a head, however many follow', async () => {
      const text = await ask({ headersTimeoutMs: 40 }, 'GET / HTTP/1.1\r\n', (socket) => {
        const drip = setInterval(() => socket.write('A: b\r\n'), 5);
        socket.on('close', () => clearInterval(drip)).on('end', () => clearInterval(drip));
      });
      expect(text).to.match(TOO_SLOW);
    });

    it('answers a second head that does not come to its end', async () => {
      const text = await ask({ headersTimeoutMs: 20 }, `${QUICK}GET / HTTP/1.1\r\n`);
      expect(text.slice(text.lastIndexOf('HTTP/1.1'))).to.match(TOO_SLOW);
    });

    it('lets answers and streams take longer than any head', async () => {
      const options = { headersTimeoutMs: 20, idleTimeoutMs: 20 };
      const stream = await ask(options, `GET /v1/stream/3?sleep_ms=40 HTTP/1.0\r\n\r\n`);
      expect(stream.match(/"result"/g)).to.have.length(3);
      expect(await ask(options, 'GET /v1/sleep/100 HTTP/1.0\r\n\r\n')).to.include('"slept"');
    });
  });

  describe('of size', () => {
    it('takes heads up to the limit, and refuses what has no end as soon as that is certain', async () => {
      const options = { maxHeaderBytes: 8000 };
      const headOf = (length: number): string =>
        `GET / HTTP/1.0\r\nA: ${'a'.repeat(length - 'GET / HTTP/1.0\r\nA: \r\n\r\n'.length)}\r\n\r\n`;
      // Go's server adds what its buffer may hold besides.
      expect(await ask(options, headOf(8000 + 4096))).to.match(/^HTTP\/1\.0 200 OK\r\n/);
      expect(await ask(options, headOf(8000 + 4097))).to.match(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
      expect(await ask(options, 'a'.repeat(8000 + 4096))).to.match(/^HTTP\/1\.1 431 /);
    });

    it('answers a body that is too large once it has come, and goes on', async () => {
      const body = ' '.repeat(5 * 1024 * 1024);
      const bytes = `POST /v1/body ${HEAD}Content-Length: ${body.length}\r\n\r\n${body}${QUICK.replace('1.1', '1.0')}`;
      const text = await ask({}, bytes);
      expect(parseAnswer(Buffer.from(text)).status).to.equal(429);
      expect(text).to.include(`received message larger than max (${body.length} vs. 4194304)`);
      expect(text).to.include('"name":"first:n"');
    });

    it('asks no more of a caller than it can answer', async () => {
      const port = await serve();
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(SLOW);
      const thousand = QUICK.repeat(1000);
      let written = 0;
      // More than the buffers of two sockets hold.
      const goOn = (): void => {
        written += 1;
        if (written < 1000) socket.write(thousand, goOn);
      };
      goOn();
      for (let before = 0; before !== written; ) {
        before = written;
        await askAnother(port);
      }
      expect(written).to.be.below(1000);
      socket.destroy();
    });
  });
});
