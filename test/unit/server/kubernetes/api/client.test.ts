import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { KubernetesError, NOT_BEGUN, NOT_SENT } from '../../../../../server/kubernetes/api/errors.js';
import { createKubeClient, type KubeRequest } from '../../../../../server/kubernetes/api/client.js';
import { eventually } from '../../../../support/server/eventually.js';
import { type Answer, json, KubeStub, refuse } from '../../../../support/server/kube-stub.js';
import { listBytes, objectBytes, statusBytes } from '../../../../support/server/protobuf.js';

/** The clock by which answers are late. */
const undiciTimers = createRequire(import.meta.url)('undici/lib/util/timers.js') as { tick: (ms: number) => void };

const GET: KubeRequest = { method: 'GET', path: '/api/v1/pods' };

describe('the Kubernetes client', () => {
  const stubs: KubeStub[] = [];
  async function start(answer: Answer, path?: string): Promise<KubeStub> {
    const stub = await KubeStub.start(answer, path);
    stubs.push(stub);
    return stub;
  }
  afterEach(async () => {
    await Promise.all(stubs.splice(0).map((stub) => stub.stop()));
  });

  async function errorOf(work: Promise<unknown>): Promise<KubernetesError> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof KubernetesError) return error;
    throw new Error('a KubernetesError was expected', { cause: error });
  }

  it('sends and reads JSON, below the path of the server', async () => {
    const stub = await start((_, response) => json(response, { ok: true }), '/k8s/clusters/c1');
    const { body } = await stub.client.request({
      ...GET,
      query: { limit: 5, watch: false, continue: undefined, labelSelector: 'a=b,c' },
    });
    expect(body).to.deep.equal({ ok: true });
    expect(stub.requests[0]).to.include({ method: 'GET', path: '/k8s/clusters/c1/api/v1/pods' });
    expect([...(stub.requests[0]?.query ?? [])]).to.deep.equal([
      ['limit', '5'],
      ['watch', 'false'],
      ['labelSelector', 'a=b,c'],
    ]);
    expect(stub.requests[0]?.headers).to.include({ authorization: 'Bearer token-0', accept: 'application/json' });
  });

  it('names the kind of a patch, as the API takes another one by default', async () => {
    const stub = await start((_, response) => json(response, {}));
    await stub.client.request({ method: 'PATCH', path: '/x', body: { a: 1 } });
    await stub.client.request({ method: 'POST', path: '/x', body: { a: 1 } });
    expect(stub.requests.map(({ headers }) => headers['content-type'])).to.deep.equal([
      'application/merge-patch+json',
      'application/json',
    ]);
  });

  it('passes warnings on, several in one header too', async () => {
    const stub = await start((_, response) =>
      json(response, {}, 200, { warning: '299 - "would violate \\"restricted\\"", 299 - "unknown field"' }),
    );
    const { warnings } = await stub.client.request(GET);
    expect(warnings).to.deep.equal(['would violate "restricted"', 'unknown field']);
  });

  it('makes no new connection for each of many requests one after another', async () => {
    const stub = await start((_, response) => json(response, {}));
    for (let at = 0; at < 50; at += 1) await stub.client.request(GET);
    // The second is made when the next request comes before the first one is known to be free.
    expect(stub.connections).to.be.at.most(2);
  });

  it('uses a bounded number of connections however many call, and makes none anew', async () => {
    const stub = await start((_, response) => {
      setImmediate(() => json(response, {}));
    });
    const calls = async (): Promise<void> => {
      for (let at = 0; at < 10; at += 1) await stub.client.request(GET);
    };
    await Promise.all(Array.from({ length: 20 }, calls));
    expect(stub.connections).to.be.at.most(40);
    await Promise.all(Array.from({ length: 300 }, () => stub.client.request(GET)));
    expect(stub.connections).to.be.at.most(64);
    expect(stub.requests).to.have.length(500);
  });

  it('reads credentials anew after a 401, once', async () => {
    const stub = await start((request, response) => {
      if (request.headers.authorization === 'Bearer token-0') refuse(response, 401, 'Unauthorized', 'Unauthorized');
      else json(response, { ok: true });
    });
    expect((await stub.client.request(GET)).body).to.deep.equal({ ok: true });
    expect([stub.renewals, stub.requests.length]).to.deep.equal([1, 2]);
  });

  it('tells of a 401 that stays', async () => {
    const stub = await start((_, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized'));
    expect(await errorOf(stub.client.request(GET))).to.include({ code: 401, reason: 'Unauthorized' });
    expect(stub.requests).to.have.length(2);
  });

  for (const code of [429, 500, 502, 503, 504]) {
    it(`tries again after ${code}`, async () => {
      let calls = 0;
      const stub = await start((_, response) => {
        calls += 1;
        if (calls === 1) refuse(response, code, 'Busy', 'not now');
        else json(response, { calls });
      });
      expect((await stub.client.request(GET)).body).to.deep.equal({ calls: 2 });
    });
  }

  for (const code of [400, 403, 404, 409, 410, 422]) {
    it(`does not try again after ${code}`, async () => {
      const stub = await start((_, response) => refuse(response, code, 'No', 'never'));
      expect(await errorOf(stub.client.request(GET))).to.include({ code, reason: 'No', message: 'never' });
      expect(stub.requests).to.have.length(1);
    });
  }

  it('tries a creation again that came into the way of others in a quota, but no change of an object', async () => {
    const stub = await start((_, response) => {
      if (stub.requests.length === 2) json(response, {});
      else refuse(response, 409, 'Conflict', 'the object has been modified');
    });
    await stub.client.request({ method: 'POST', path: '/x', body: {} });
    expect(stub.requests).to.have.length(2);
    const patched = stub.client.request({ method: 'PATCH', path: '/x', body: {} });
    expect(await errorOf(patched)).to.include({ code: 409, reason: 'Conflict' });
    expect(stub.requests).to.have.length(3);
  });

  it('tries again when the connection is cut before the answer', async () => {
    let calls = 0;
    const stub = await start((_, response) => {
      calls += 1;
      if (calls === 1) response.socket?.destroy();
      else json(response, { calls });
    });
    expect((await stub.client.request(GET)).body).to.deep.equal({ calls: 2 });
  });

  it('does not try again what must not be repeated', async () => {
    const stub = await start((_, response) => refuse(response, 503, 'Busy', 'not now'));
    await errorOf(stub.client.request({ ...GET, retry: false }));
    expect(stub.requests).to.have.length(1);
  });

  it('waits as long as Retry-After says', async () => {
    const times: number[] = [];
    const stub = await start((_, response) => {
      times.push(performance.now());
      if (times.length === 1) refuse(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '1' });
      else json(response, {});
    });
    await stub.client.request(GET);
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.at.least(990);
  });

  it('does not wait for a Retry-After that is too far away', async () => {
    const stub = await start((_, response) =>
      refuse(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '3600' }),
    );
    expect(await errorOf(stub.client.request(GET))).to.include({ code: 429, retryAfterMs: 3_600_000 });
    expect(stub.requests).to.have.length(1);
  });

  it('ends with the caller’s signal, in the middle of a request and between two', async () => {
    const gone = new AbortController();
    const stub = await start(() => gone.abort(new Error('gone')));
    const silent = await stub.client.request({ ...GET, signal: gone.signal }).catch((error: unknown) => error);
    expect(silent).to.be.an('error').with.property('message', 'gone');
    const between = new AbortController();
    const busy = await start((_, response) => {
      response.once('finish', () => setImmediate(() => between.abort(new Error('gone'))));
      refuse(response, 503, 'Busy', 'not now', { 'retry-after': '5' });
    });
    await busy.client.request({ ...GET, signal: between.signal }).catch(() => {});
    expect(busy.requests).to.have.length(1);
  });

  it('lets a caller go whose request still waits for a connection, and never sends it', async () => {
    const held: ServerResponse[] = [];
    const stub = await start((_, response) => {
      held.push(response);
    });
    const busy = Array.from({ length: 64 }, () => stub.client.request(GET));
    await eventually(() => held.length === 64);
    const gone = new AbortController();
    const waiting = stub.client
      .request({ ...GET, path: '/late', signal: gone.signal })
      .catch((error: unknown) => error);
    gone.abort(new Error('gone'));
    expect(await waiting)
      .to.be.an('error')
      .with.property('message', 'gone');
    for (const response of held.splice(0)) json(response, {});
    await Promise.all(busy);
    const after = stub.client.request(GET);
    await eventually(() => held.length > 0);
    for (const response of held) json(response, {});
    await after;
    expect(stub.requests.map(({ path }) => path)).not.to.include('/late');
  });

  it('says which server cannot be reached', async () => {
    const stub = await start((_, response) => json(response, {}));
    const client = createKubeClient({ ...stub.config, server: 'http://127.0.0.1:1' });
    const error = await errorOf(client.request({ ...GET, retry: false }));
    expect(error).to.include({ code: 0, reason: NOT_SENT });
    expect(error.message).to.match(/^http:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/);
    await client.close();
  });

  it('says of the first request of a call that nothing was done', async () => {
    const stub = await start((_, response) => json(response, {}));
    const client = createKubeClient({ ...stub.config, server: 'http://127.0.0.1:1' });
    const error = await errorOf(client.request({ ...GET, first: true, signal: AbortSignal.timeout(20) }));
    expect(error).to.include({ code: 0, reason: NOT_BEGUN });
    await client.close();
  });

  it('does not say that nothing was sent when an earlier try was', async () => {
    // It ends with the first request, and the next try finds nobody.
    const stub: KubeStub = await KubeStub.start(() => void stub.stop());
    const client = createKubeClient(stub.config);
    expect(await errorOf(client.request({ ...GET, first: true }))).to.include({ code: 0, reason: 'Unreachable' });
    expect(stub.requests).to.have.length(1);
    await client.close();
  });

  describe('stream', () => {
    it('does not take the place of requests', async () => {
      const stub = await start((request, response) => {
        if (request.path === '/log') response.writeHead(200).write('x');
        else json(response, {});
      });
      const bodies = await Promise.all(Array.from({ length: 70 }, () => stub.client.stream({ path: '/log' })));
      await stub.client.request(GET);
      expect(stub.peak).to.equal(71);
      for (const body of bodies) body.on('error', () => {}).destroy();
    });

    it('reads credentials anew after a 401', async () => {
      const stub = await start((request, response) => {
        if (request.headers.authorization === 'Bearer token-0') refuse(response, 401, 'Unauthorized', 'Unauthorized');
        else response.end('hello');
      });
      expect(await (await stub.client.stream({ path: '/log' })).text()).to.equal('hello');
    });

    it('may begin late: a kubelet has nothing to say of a log until its first line', async () => {
      let answer: () => void = () => {};
      const stub = await start((_, response) => {
        answer = () => response.end('hello');
      });
      const body = stub.client.stream({ path: '/log' });
      await stub.seen(1);
      undiciTimers.tick(0);
      undiciTimers.tick(3_600_000);
      setImmediate(answer);
      expect(await (await body).text()).to.equal('hello');
    });

    it('is refused in Kubernetes’ own words', async () => {
      const stub = await start((_, response) => refuse(response, 400, 'BadRequest', 'container is waiting to start'));
      expect(await errorOf(stub.client.stream({ path: '/log' }))).to.include({
        code: 400,
        message: 'container is waiting to start',
      });
    });
  });

  describe('lists', () => {
    const list = { metadata: { resourceVersion: '17', continue: 'more' }, items: [1, 2, 3] };

    it('tell of their objects, then of themselves', async () => {
      const stub = await start((_, response) => json(response, list));
      const seen: number[] = [];
      const metadata = await stub.client.list<number>({ path: '/x' }, (object) => seen.push(object));
      expect(metadata).to.deep.equal(list.metadata);
      expect(seen).to.deep.equal([1, 2, 3]);
    });

    it('are read again when they break off', async () => {
      let count = 0;
      const stub = await start((_, response) => {
        count += 1;
        if (count > 1) return json(response, list);
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"metadata"', () => response.destroy());
      });
      const seen: number[] = [];
      await stub.client.list<number>({ path: '/x' }, (object) => seen.push(object));
      expect(count).to.equal(2);
      expect(seen).to.deep.equal([1, 2, 3]);
    });

    it('end with the signal', async () => {
      const stop = new AbortController();
      const stub = await start((_, response) => {
        response.writeHead(200);
        response.write('{', () => stop.abort(new Error('enough')));
      });
      const list = stub.client.list({ path: '/x', signal: stop.signal }, () => {});
      const failed: unknown = await list.catch((error: unknown) => error);
      expect(failed).to.have.property('message', 'enough');
    });
  });

  describe('protobuf', () => {
    const type = { 'content-type': 'application/vnd.kubernetes.protobuf' };

    it('is read where it was asked for and came', async () => {
      const bytes = objectBytes('Status', statusBytes(200, '', 'here'));
      const stub = await start((_, response) => void response.writeHead(200, type).end(bytes));
      const { body } = await stub.client.request({ ...GET, protobuf: true });
      expect(body).to.deep.equal({ message: 'here', code: 200 });
      expect(stub.requests[0]?.headers.accept).to.equal('application/vnd.kubernetes.protobuf, application/json');
    });

    it('may be answered with JSON', async () => {
      const stub = await start((_, response) => json(response, { ok: true }));
      expect((await stub.client.request({ ...GET, protobuf: true })).body).to.deep.equal({ ok: true });
    });

    it('is what lists come in where the server has it', async () => {
      const stub = await start((_, response) => {
        response.writeHead(200, type).end(listBytes('Pod', { resourceVersion: '17' }, []));
      });
      expect(await stub.client.list({ path: '/x' }, () => {})).to.deep.equal({ resourceVersion: '17' });
      expect(stub.requests[0]?.headers.accept).to.equal('application/vnd.kubernetes.protobuf, application/json');
    });

    it('tells of refusals too', async () => {
      const status = objectBytes('Status', statusBytes(410, 'Expired', 'too old'));
      const stub = await start((_, response) => void response.writeHead(410, type).end(status));
      const refused = { code: 410, reason: 'Expired', message: 'too old' };
      expect(await errorOf(stub.client.list({ path: '/x' }, () => {}))).to.include(refused);
      expect(await errorOf(stub.client.watch({ path: '/x' }, { onOpen: () => {}, onEvent: () => {} }))).to.include(
        refused,
      );
    });
  });

  it('tells of credentials that fail as they do, at once, whatever it was to ask', async () => {
    const stub = await start((_, response) => json(response, {}));
    let asked = 0;
    const failure = new Error('the plugin has ended');
    const credentials = async (): Promise<never> => {
      asked += 1;
      throw failure;
    };
    const client = createKubeClient({ ...stub.config, credentials });
    const nothing = (): void => {};
    const ways = [
      () => client.request(GET),
      () => client.list({ path: '/x' }, nothing),
      () => client.watch({ path: '/x' }, { onOpen: nothing, onEvent: nothing }),
      () => client.stream({ path: '/x' }),
    ];
    for (const way of ways) expect(await way().catch((error: unknown) => error)).to.equal(failure);
    expect(asked).to.equal(ways.length);
    await client.close();
  });

  it('knows a refusal of which the text breaks off', async () => {
    const stub = await start((_, response) => {
      response.writeHead(410, { 'content-length': '100' }).write('{');
      setImmediate(() => response.destroy());
    });
    const refused = { code: 410 };
    const nothing = (): void => {};
    expect(await errorOf(stub.client.watch({ path: '/x' }, { onOpen: nothing, onEvent: nothing }))).to.include(refused);
  });

  it('makes new connections when the TLS material changes', async () => {
    const stub = await start((_, response) => json(response, {}));
    let tlsKey = 'one';
    const client = createKubeClient({
      ...stub.config,
      credentials: async () => ({ headers: {}, tls: {}, tlsKey }),
    });
    await client.request(GET);
    const old = [...stub.sockets];
    tlsKey = 'two';
    await client.request(GET);
    await eventually(() => old.every((socket) => !stub.sockets.has(socket)));
    expect(stub.sockets.size, 'connections with the new material').to.be.greaterThan(0);
    await client.close();
  });

  it('refuses a SOCKS proxy instead of going around it', async () => {
    const stub = await start((_, response) => json(response, {}));
    expect(() => createKubeClient({ ...stub.config, proxyUrl: 'socks5://proxy:1080' })).to.throw(/SOCKS/);
  });
});
