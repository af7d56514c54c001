import { expect } from 'chai';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificates, loadCertificates } from '../../../../cluster/setup/certificate.js';

const dayMs = 24 * 60 * 60 * 1000;

describe('the certificates', () => {
  let directory: string;
  let made: Certificates;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pki-'));
    made = await loadCertificates(directory);
  });
  after(() => rm(directory, { recursive: true }));

  it('satisfy a client that knows the authority, by address and by name', async () => {
    const server = createServer(made.server, (_, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const host of ['127.0.0.1', 'localhost']) {
        const code = await new Promise((resolve, reject) => {
          const options = { host, port, ca: made.ca, lookup: undefined, family: 4, agent: false };
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

  it('are kept, with keys that only this user can read', async () => {
    expect(await loadCertificates(directory)).to.deep.equal(made);
    expect((await stat(join(directory, 'pki', 'server.key'))).mode & 0o777).to.equal(0o600);
    expect((await stat(join(directory, 'pki'))).mode & 0o777).to.equal(0o700);
  });

  it('are made anew before they expire, and when they do not belong together', async () => {
    const later = Date.now() + 3630 * dayMs;
    const renewed = await loadCertificates(directory, later);
    const certificate = new X509Certificate(renewed.server.cert);
    expect(Date.parse(certificate.validTo)).to.be.above(later + 3600 * dayMs);
    expect(certificate.checkIssued(new X509Certificate(renewed.ca))).to.equal(true);
    expect(await loadCertificates(directory, later)).to.deep.equal(renewed);
    await writeFile(join(directory, 'pki', 'server.key'), made.server.key);
    expect((await loadCertificates(directory, later)).server.key).to.not.be.oneOf([
      made.server.key,
      renewed.server.key,
    ]);
  });

  it('is for servers only, and the authority for certificates only', () => {
    const authority = new X509Certificate(made.ca);
    const server = new X509Certificate(made.server.cert);
    expect([authority.ca, server.ca]).to.deep.equal([true, false]);
    expect(server.subjectAltName).to.include('IP Address:127.0.0.1').and.to.include('DNS:localhost');
  });
});
