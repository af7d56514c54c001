import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { Limit } from '../../../../../server/kubernetes/api/limit.js';
import { RequestPool } from '../../../../../server/kubernetes/api/request-pool.js';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = { method: 'GET', path: '/', headers: {}, body: undefined } as const;

describe('RequestPool', () => {
  let server: Server;
  let pool: RequestPool;
  const limits: Limit[] = [];
  /** What the server does with a connection on which something was said. */
  let answer: (socket: Socket, text: string) => void;
  let made = 0;

  beforeEach(async () => {
    made = 0;
    server = createServer((socket) => {
      made += 1;
      socket.on('error', () => {});
      socket.on('data', (bytes) => answer(socket, bytes.toString()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    pool = new RequestPool('stub', async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    });
  });
  afterEach(() => {
    pool.destroy();
    server.close();
    for (const limit of limits.splice(0)) limit.end();
  });

  const limited = (signal?: AbortSignal): Limit => {
    const limit = new Limit(60_000, signal);
    limits.push(limit);
    return limit;
  };
  const ask = async (): Promise<string> => (await pool.exchange(GET, limited())).body.toString();
  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('writes what a server understands', async () => {
    const said: string[] = [];
    answer = (socket, text) => {
      said.push(text);
      socket.write(ANSWER);
    };
    await pool.exchange({ method: 'POST', path: '/a?b=c', headers: { accept: 'x' }, body: '{"a":"ü"}' }, limited());
    await pool.exchange({ ...GET, method: 'DELETE' }, limited());
    await ask();
    expect(said).to.deep.equal([
      'POST /a?b=c HTTP/1.1\r\nhost: stub\r\naccept: x\r\ncontent-length: 10\r\n\r\n{"a":"ü"}',
      'DELETE / HTTP/1.1\r\nhost: stub\r\ncontent-length: 0\r\n\r\n',
      'GET / HTTP/1.1\r\nhost: stub\r\n\r\n',
    ]);
    expect(made).to.equal(1);
  });

  it('sends nothing that would be two requests', async () => {
    answer = () => expect.fail('something was sent');
    expect(await failure(pool.exchange({ ...GET, path: '/a\r\nb' }, limited()))).to.be.an('error');
    expect(await failure(pool.exchange({ ...GET, headers: { a: 'b\r\nc: d' } }, limited()))).to.be.an('error');
  });

  it('takes another connection for one that was closed in between', async () => {
    // The server sees its end when the pool has seen the server's.
    const closed = new Promise((resolve) => {
      answer = (socket) => socket.once('close', resolve).end(ANSWER);
    });
    expect(await ask()).to.equal('ok');
    await closed;
    answer = (socket) => socket.write(ANSWER);
    expect(await ask()).to.equal('ok');
    expect(made).to.equal(2);
  });

  it('does not use a connection again of which the server says that it closes it', async () => {
    answer = (socket) => socket.write(ANSWER.replace('\r\n', '\r\nConnection: close\r\n'));
    expect([await ask(), await ask()]).to.deep.equal(['ok', 'ok']);
    expect(made).to.equal(2);
  });

  it('does not use a connection again that the server keeps for too short a time', async () => {
    answer = (socket) => socket.write(ANSWER.replace('\r\n', '\r\nKeep-Alive: timeout=1\r\n'));
    expect([await ask(), await ask()]).to.deep.equal(['ok', 'ok']);
    expect(made).to.equal(2);
  });

  it('rejects when the connection ends in the middle of an answer, or what comes is no HTTP', async () => {
    answer = (socket) => socket.end(ANSWER.slice(0, -1));
    expect(await failure(ask()))
      .to.be.an('error')
      .with.property('message')
      .that.matches(/closed before/);
    answer = (socket) => socket.end('hello\r\n\r\n');
    expect(await failure(ask()))
      .to.be.an('error')
      .with.property('message', 'the answer is not HTTP');
  });

  it('closes a connection whose answer nobody waits for any more', async () => {
    const caller = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (socket) => {
        socket.on('close', resolve);
        caller.abort(new Error('gone'));
      };
    });
    const error = await failure(pool.exchange(GET, limited(caller.signal)));
    expect(error).to.be.an('error').with.property('message', 'gone');
    await closed;
  });

  it('does not let the limit of a request that was answered end the next one', async () => {
    const caller = new AbortController();
    answer = (socket) => socket.write(ANSWER);
    await pool.exchange(GET, limited(caller.signal));
    answer = (socket) => {
      caller.abort();
      socket.write(ANSWER);
    };
    expect(await ask()).to.equal('ok');
    expect(made).to.equal(1);
  });

  it('lets at most 64 connections be open, and everybody has a turn', async () => {
    answer = (socket) => setImmediate(() => socket.write(ANSWER));
    const answers = await Promise.all(Array.from({ length: 300 }, ask));
    expect(answers.every((text) => text === 'ok')).to.equal(true);
    expect(made).to.equal(64);
  });

  it('tells everybody who waits when no connection can be made', async () => {
    const none = new RequestPool('stub', () => Promise.reject(new Error('refused')));
    const errors = await Promise.all(Array.from({ length: 100 }, () => failure(none.exchange(GET, limited()))));
    expect(errors.map((error) => (error as Error).message)).to.deep.equal(Array.from({ length: 100 }, () => 'refused'));
  });

  it('answers who waits when it is closed, and closes the connections then', async () => {
    const closed: Promise<unknown>[] = [];
    server.on('connection', (socket: Socket) => closed.push(once(socket, 'close')));
    answer = (socket) => setImmediate(() => socket.write(ANSWER));
    const asked = Array.from({ length: 100 }, ask);
    pool.close();
    expect(await Promise.all(asked)).to.have.length(100);
    await Promise.all(closed);
  });
});
