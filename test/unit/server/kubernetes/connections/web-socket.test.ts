import { expect } from 'chai';
import { KubernetesError } from '../../../../../server/kubernetes/api/errors.js';
import { openSocket } from '../../../../../server/kubernetes/connections/web-socket.js';
import { useTcpServers } from '../../../../support/server/tcp-servers.js';

describe('openSocket', () => {
  const { signal } = new AbortController();
  const servers = useTcpServers();

  /** A server that answers each connection's first bytes with this, and then nothing; answers with its port. */
  const silent = (first = ''): Promise<number> =>
    servers.start((socket) => socket.once('data', () => socket.write(first)).resume());

  it('gives up after five seconds where no connection comes to be, directly and through a proxy', async () => {
    const made = 'HTTP/1.1 200 Connection established\r\n\r\n';
    const ways: Record<string, readonly [server: string, proxyUrl: string | undefined]> = {
      'no TLS': [`https://127.0.0.1:${await silent()}`, undefined],
      'no tunnel': ['http://127.0.0.1:6443', `http://127.0.0.1:${await silent()}`],
      'no tunnel for TLS': ['https://127.0.0.1:6443', `http://127.0.0.1:${await silent()}`],
      'no TLS in the tunnel': ['https://127.0.0.1:6443', `http://127.0.0.1:${await silent(made)}`],
    };
    const credentials = async () => ({ headers: {}, tls: {}, tlsKey: '' });
    const request = { path: '/', query: new URLSearchParams(), protocols: [], signal };
    const failures = Object.entries(ways).map(async ([way, [server, proxyUrl]]) => {
      const config = { server, proxyUrl, namespace: undefined, name: 'c', credentials };
      const failure = await openSocket(config, request).catch((error: unknown) => error);
      expect(failure, way).to.be.instanceOf(KubernetesError);
      expect(failure, way).to.have.property('message', `${server}: no connection within 5 s`);
    });
    await Promise.all(failures);
  });
});
