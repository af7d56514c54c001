import { expect } from 'chai';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, loadCertificate } from '../../../../cluster/setup/certificate.js';

const dayMs = 24 * 60 * 60 * 1000;

describe('the certificate', () => {
  let directory: string;
  let made: Certificate;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pki-'));
    made = await loadCertificate(directory);
  });
  after(() => rm(directory, { recursive: true }));

  it('satisfies a client that knows it, by address and by name', async () => {
    const server = createServer(made, (_, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const host of ['127.0.0.1', 'localhost']) {
        const code = await new Promise((resolve, reject) => {
          const options = { host, port, ca: made.cert, lookup: undefined, family: 4, agent: false };
          const call = request(options, (response) => {
            response.resume();
            resolve(response.statusCode);
          });
          call.once('error', reject);
          call.end();
        });
        expect(code).to.equal(200);
      }
    } finally {
      server.close();
    }
  });

  it('is kept, with a key that only this user can read', async () => {
    expect(await loadCertificate(directory)).to.deep.equal(made);
    expect((await stat(join(directory, 'pki', 'server.key'))).mode & 0o777).to.equal(0o600);
    expect((await stat(join(directory, 'pki'))).mode & 0o777).to.equal(0o700);
  });

  it('is made anew before it expires, and when it does not belong to the key', async () => {
    const later = Date.now() + 3630 * dayMs;
    const renewed = await loadCertificate(directory, later);
    const certificate = new X509Certificate(renewed.cert);
    expect(Date.parse(certificate.validTo)).to.be.above(later + 3600 * dayMs);
    expect(await loadCertificate(directory, later)).to.deep.equal(renewed);
    await writeFile(join(directory, 'pki', 'server.key'), made.key);
    expect((await loadCertificate(directory, later)).key).to.not.be.oneOf([made.key, renewed.key]);
  });

  it('is for this server, and vouches for no other', () => {
    const server = new X509Certificate(made.cert);
    expect([server.ca, server.keyUsage]).to.deep.equal([false, ['1.3.6.1.5.5.7.3.1']]);
    expect(server.subjectAltName).to.include('IP Address:127.0.0.1').and.to.include('DNS:localhost');
  });
});
