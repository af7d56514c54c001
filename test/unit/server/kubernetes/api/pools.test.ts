import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { createKubeClient } from '../../../../../server/kubernetes/api/client.js';
import { KubernetesError, NOT_SENT } from '../../../../../server/kubernetes/api/errors.js';
import { json, KubeStub } from '../../../../support/server/kube-stub.js';
import { useTcpServers } from '../../../../support/server/tcp-servers.js';

/** What a proxy says when it has made a tunnel. */
const MADE = 'HTTP/1.1 200 Connection established\r\n\r\n';

describe('connections through a proxy', () => {
  const servers = useTcpServers();

  /** Starts a proxy that does so with each connection when it is asked for a tunnel; answers with its port. */
  const proxy = (onAsked: (socket: Socket, asked: string) => void): Promise<number> =>
    servers.start((socket) => socket.once('data', (head) => onAsked(socket, String(head))));

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
      servers.keep(way);
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
