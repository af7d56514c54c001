import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { expect } from 'chai';
import { type Certificate, loadCertificate } from '../../../../../cluster/setup/certificate.js';
import { connectorTo } from '../../../../../server/kubernetes/api/connector.js';
import { Limit } from '../../../../../server/kubernetes/api/limit.js';
import { RequestPool } from '../../../../../server/kubernetes/api/request-pool.js';
import { createTemporaryFolder } from '../../../../support/temporary-folder.js';

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe('connectorTo', () => {
  const folder = createTemporaryFolder();
  let limit: Limit;
  // Made when the test begins: all files are loaded long before.
  beforeEach(() => (limit = new Limit(60_000, undefined)));
  let certificate: Certificate;
  let secure: Server;
  let plain: Server;
  let proxy: Server;
  /** What the proxy was asked to connect to. */
  const asked: string[] = [];

  before(async () => {
    certificate = await loadCertificate(folder.path);
    secure = createHttpsServer(certificate, (_, response) => response.end('secure'));
    plain = createHttpServer((_, response) => response.end('plain'));
    proxy = createHttpServer().on('connect', (request, socket: Socket) => {
      asked.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      onward.once('connect', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
    });
    for (const server of [secure, plain, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => {
    limit.end();
    for (const server of [secure, plain, proxy]) server.close();
    folder.remove();
  });
  beforeEach(() => asked.splice(0));

  async function ask(url: string, ca: string | undefined, via?: string): Promise<string> {
    const tls = ca === undefined ? {} : { ca };
    const options = { ...tls, secureContext: createSecureContext(tls), keepAlive: true, keepAliveInitialDelay: 30_000 };
    const server = new URL(url);
    const pool = new RequestPool(server.host, connectorTo(server, options, via));
    try {
      const request = { method: 'GET', path: '/', headers: {}, body: undefined };
      return (await pool.exchange(request, limit)).body.toString();
    } finally {
      pool.destroy();
    }
  }

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`connects to ${host}, with and without TLS`, async () => {
      expect(await ask(`https://${host}:${portOf(secure)}`, certificate.cert)).to.equal('secure');
      expect(await ask(`http://${host}:${portOf(plain)}`, undefined)).to.equal('plain');
    });

    it(`connects to ${host} through a proxy, with and without TLS`, async () => {
      const via = `http://127.0.0.1:${portOf(proxy)}`;
      const [first, second] = [`${host}:${portOf(secure)}`, `${host}:${portOf(plain)}`];
      expect(await ask(`https://${first}`, certificate.cert, via)).to.equal('secure');
      expect(await ask(`http://${second}`, undefined, via)).to.equal('plain');
      expect(asked).to.deep.equal([first, second]);
    });
  }

  it('trusts no certificate that it was not told to trust, with and without a proxy', async () => {
    for (const via of [undefined, `http://127.0.0.1:${portOf(proxy)}`]) {
      const error: unknown = await ask(`https://127.0.0.1:${portOf(secure)}`, undefined, via).catch(
        (thrown: unknown) => thrown,
      );
      expect(error)
        .to.be.an('error')
        .with.property('message')
        .that.matches(/certificate/);
    }
  });

  it('says why there is no connection, with and without a proxy', async () => {
    for (const via of [undefined, 'http://127.0.0.1:1']) {
      const error: unknown = await ask('http://127.0.0.1:1', undefined, via).catch((thrown: unknown) => thrown);
      expect(error)
        .to.be.an('error')
        .with.property('message')
        .that.matches(/ECONNREFUSED/);
    }
  });
});
