import { X509Certificate, createPrivateKey, webcrypto } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as X509 from '@peculiar/x509';
import { readIfThere, writePrivate } from './private-file.js';

/** What the server shows and what its clients check that against, in PEM. */
export interface Certificates {
  server: { cert: string; key: string };
  /** The certificate of the authority. */
  ca: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const validDays = 3650;
const renewBeforeDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The certificates of the data directory: made at the first start, and anew when they are about to expire. */
export async function loadCertificates(directory: string, now: number = Date.now()): Promise<Certificates> {
  const folder = join(directory, 'pki');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const paths = ['ca.crt', 'server.crt', 'server.key'].map((name) => join(folder, name));
  const [ca, cert, key] = await Promise.all(paths.map(readIfThere));
  if (ca && cert && key && isFresh({ ca, server: { cert, key } }, now)) return { ca, server: { cert, key } };
  const made = await issue(now);
  const contents = [made.ca, made.server.cert, made.server.key];
  for (const [index, path] of paths.entries()) await writePrivate(path, contents[index] ?? '');
  return made;
}

function isFresh({ ca, server }: Certificates, now: number): boolean {
  try {
    const [authority, own] = [new X509Certificate(ca), new X509Certificate(server.cert)];
    const left = Math.min(Date.parse(authority.validTo), Date.parse(own.validTo)) - now;
    return (
      left > renewBeforeDays * dayMs && own.checkIssued(authority) && own.checkPrivateKey(createPrivateKey(server.key))
    );
  } catch {
    return false;
  }
}

/** Imported only when a certificate has to be made: it takes its time, and most starts do without. */
async function library(): Promise<typeof X509> {
  // The library finds its parts through reflection metadata, which has to be there before it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A certificate for this machine, and that of an authority which has signed nothing else: its key is not kept. */
async function issue(now: number): Promise<Certificates> {
  const x509 = await library();
  // A client whose clock is a little behind should not be turned away.
  const validity = { notBefore: new Date(now - dayMs / 24), notAfter: new Date(now + validDays * dayMs) };
  const authorityKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=k8s-cli embedded cluster',
    ...validity,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    ...validity,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
        { type: 'dns', value: 'localhost' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { ca: authority.toString('pem'), server: { cert: server.toString('pem'), key } };
}
