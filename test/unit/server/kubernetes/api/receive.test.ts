import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Agent } from 'undici';
import { Limit } from '../../../../../server/kubernetes/api/limit.js';
import { receive, type Taker } from '../../../../../server/kubernetes/api/receive.js';

const PIECES = 20;
const PIECE = Buffer.alloc(64 * 1024, 'x');

describe('receive', () => {
  const agent = new Agent();
  let server: Server;
  let origin: string;
  let limit: Limit;
  // Made when the test begins: all files are loaded long before.
  beforeEach(() => (limit = new Limit(60_000, undefined)));

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
    limit.end();
    await agent.destroy();
    server.close();
  });

  const taken = <T extends Taker>(taker: T): Promise<[{ statusCode: number }, T]> =>
    receive(agent, { origin, path: '/', method: 'GET' }, limit, () => taker);

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

  it('rejects with what the taker throws', async () => {
    const failure = new Error('not understood');
    const take = (): void => {
      throw failure;
    };
    expect(await taken({ take }).catch((error: unknown) => error)).to.equal(failure);
  });
});
