import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { createKubeClient } from '../../../../../server/kubernetes/api/client.js';
import { KubernetesError, NOT_SENT } from '../../../../../server/kubernetes/api/errors.js';
import { json, KubeStub } from '../../../../support/server/kube-stub.js';

/** What a proxy says when it has made a tunnel. */
const MADE = 'HTTP/1.1 200 Connection established\r\n\r\n';

describe('connections through a proxy', () => {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });

  /** Starts a proxy that does so with each connection when it is asked for a tunnel; answers with its port. */
  async function proxy(onAsked: (socket: Socket, asked: string) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      socket.once('data', (head) => onAsked(socket, String(head)));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function failureOf(server: string, proxyUrl: string): Promise<KubernetesError> {
    const credentials = async () => ({ headers: {}, tls: {}, tlsKey: '' });
    const client = createKubeClient({ server, proxyUrl, namespace: undefined, name: 'c', credentials });
    const asked = client.request({ method: 'GET', path: '/api', retry: false });
    const failure = await asked.catch((error: unknown) => error);
    await client.close();
    if (failure instanceof KubernetesError) return failure;
    throw new Error('a KubernetesError was expected', { cause: failure });
  }

  it('lead to the cluster', async () => {
    const stub = await KubeStub.start((_, response) => json(response, { ok: true }));
    const proxyPort = await proxy((socket, asked) => {
      const [, host, port] = /^CONNECT (\S+):(\d+) /.exec(asked) ?? [];
      const way = connect(Number(port), host);
      sockets.add(way);
      socket.write(MADE);
      socket.pipe(way).pipe(socket);
    });
    const client = createKubeClient({ ...stub.config, proxyUrl: `http://127.0.0.1:${proxyPort}` });
    expect((await client.request({ method: 'GET', path: '/api' })).body).to.deep.equal({ ok: true });
    await client.close();
    await stub.stop();
  });

  /** By what a proxy does: its URL before the port, what it does when it is asked, and what is said of it. */
  const failing: Record<string, [url: string, onAsked: (socket: Socket) => void, said: RegExp]> = {
    'answers nothing': [
      'http://ann:secret@127.0.0.1',
      () => {},
      /no way through the proxy [\d.:]+: no answer in time$/,
    ],
    'does not come to TLS': [
      'https://localhost',
      () => {},
      /no way through the proxy localhost:\d+: Connect Timeout Error .* timeout: 5000ms\)$/,
    ],
    'leads to where packets are dropped': [
      'http://127.0.0.1',
      (socket) => socket.write(MADE),
      /6443: Connect Timeout Error \(attempted address: cluster\.example:6443, timeout: 5000ms\)$/,
    ],
    refuses: [
      'http://127.0.0.1',
      (socket) => socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n'),
      /no way through the proxy [\d.:]+: it answers with 503$/,
    ],
    'hangs up': [
      'http://127.0.0.1',
      (socket) => socket.destroy(),
      /no way through the proxy [\d.:]+: other side closed$/,
    ],
  };
  for (const [what, [url, onAsked, said]] of Object.entries(failing)) {
    it(`count as ones that never were where the proxy ${what}`, async () => {
      const failure = await failureOf('https://cluster.example:6443', `${url}:${await proxy(onAsked)}`);
      expect(failure).to.include({ code: 0, reason: NOT_SENT });
      expect(failure.message).to.match(said);
    });
  }
});
