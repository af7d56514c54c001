import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Agent } from 'undici';
import { exchange, receive, type Taker } from '../../../../../server/kubernetes/api/exchange.js';

const PIECES = 20;
const PIECE = Buffer.alloc(64 * 1024, 'x');

describe('receive', () => {
  const agent = new Agent();
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer((_, response) => {
      response.writeHead(201, { kind: 'large' });
      for (let count = 0; count < PIECES; count += 1) response.write(PIECE);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await agent.destroy();
    server.close();
  });

  const taken = <T extends Taker>(taker: T): Promise<[{ statusCode: number }, T]> =>
    receive(agent, { origin, path: '/', method: 'GET' }, {}, () => taker);

  it('has the pieces taken as they come', async () => {
    let bytes = 0;
    const [head] = await taken({ take: ({ length }) => (bytes += length) });
    expect(head).to.include({ statusCode: 201 });
    expect(bytes).to.equal(PIECES * PIECE.length);
  });

  it('gives everybody else a turn after a piece that took long', async () => {
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    const seen: number[] = [];
    await taken({
      take: () => {
        seen.push(turns);
        const untilMs = performance.now() + 3;
        while (performance.now() < untilMs);
      },
    });
    over = true;
    expect(seen.length).to.be.greaterThan(1);
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it('is given up when its time is over, also where it still waits for a connection', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const one = new Agent({ connections: 1 });
    const where = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const asked = [0, 1].map(() =>
      exchange(one, { origin: where, path: '/', method: 'GET' }, { untilMs: performance.now() + 20 }),
    );
    for (const { status, reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
      expect(status).to.equal('rejected');
      expect(reason).to.have.property('name', 'TimeoutError');
    }
    await one.destroy();
    silent.close();
  });

  it('is given up with its signal', async () => {
    const gone = new AbortController();
    const options = { origin, path: '/', method: 'GET' } as const;
    const taker = { take: () => gone.abort(new Error('gone')) };
    const failure = await receive(agent, options, { signal: gone.signal }, () => taker).catch(
      (error: unknown) => error,
    );
    expect(failure).to.have.property('message', 'gone');
    expect(await exchange(agent, options, { signal: gone.signal }).catch((error: unknown) => error)).to.equal(failure);
  });

  it('rejects with what the taker throws', async () => {
    const failure = new Error('not understood');
    const take = (): void => {
      throw failure;
    };
    expect(await taken({ take }).catch((error: unknown) => error)).to.equal(failure);
  });

  it('is told by exchange as a whole', async () => {
    const { statusCode, headers, body } = await exchange(agent, { origin, path: '/', method: 'GET' }, {});
    expect(statusCode).to.equal(201);
    expect(headers).to.include({ kind: 'large' });
    expect(body.equals(Buffer.concat(Array.from({ length: PIECES }, () => PIECE)))).to.equal(true);
  });
});
