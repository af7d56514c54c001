import { X509Certificate, webcrypto } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as X509 from '@peculiar/x509';
import { readIfThere, writePrivate } from './private-file.js';

/** A certificate and its key, in PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** What the server shows and what its clients check that against. */
export interface Certificates {
  server: KeyPair;
  /** The certificate of the authority, in PEM. */
  ca: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const authorityDays = 3650;
// Some platforms refuse server certificates that are valid for much longer than a year.
const serverDays = 365;
const renewBeforeDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The certificates of the data directory: made at the first start, the server's renewed a month before it expires. The
 * authority stays the same for ten years, so that kubeconfigs go on working.
 */
export async function loadCertificates(directory: string, now: number = Date.now()): Promise<Certificates> {
  const folder = join(directory, 'pki');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await readPair(folder, 'ca');
  const server = await readPair(folder, 'server');
  if (authority !== undefined && isFresh(authority, now)) {
    if (server !== undefined && isFresh(server, now) && isIssuedBy(server, authority)) {
      return { server, ca: authority.cert };
    }
    return { server: await store(folder, 'server', await issueServer(authority, now)), ca: authority.cert };
  }
  const made = await store(folder, 'ca', await issueAuthority(now));
  return { server: await store(folder, 'server', await issueServer(made, now)), ca: made.cert };
}

async function readPair(folder: string, name: string): Promise<KeyPair | undefined> {
  const cert = await readIfThere(join(folder, `${name}.crt`));
  const key = await readIfThere(join(folder, `${name}.key`));
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

async function store(folder: string, name: string, pair: KeyPair): Promise<KeyPair> {
  await writePrivate(join(folder, `${name}.key`), pair.key);
  await writePrivate(join(folder, `${name}.crt`), pair.cert);
  return pair;
}

function isFresh({ cert, key }: KeyPair, now: number): boolean {
  try {
    const parsed = new X509Certificate(cert);
    return key.includes('PRIVATE KEY') && Date.parse(parsed.validTo) - now > renewBeforeDays * dayMs;
  } catch {
    return false;
  }
}

function isIssuedBy({ cert }: KeyPair, authority: KeyPair): boolean {
  return new X509Certificate(cert).checkIssued(new X509Certificate(authority.cert));
}

/** Imported only when a certificate has to be made: it takes its time, and most starts do without. */
async function library(): Promise<typeof X509> {
  // The library finds its parts through reflection metadata, which has to be there before it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

async function issueAuthority(now: number): Promise<KeyPair> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=k8s-cli embedded cluster',
    ...validity(now, authorityDays),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await privateKeyPem(x509, keys.privateKey) };
}

async function issueServer(authority: KeyPair, now: number): Promise<KeyPair> {
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.cert);
  const der = x509.PemConverter.decodeFirst(authority.key);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: issuer.subject,
    ...validity(now, serverDays),
    publicKey: keys.publicKey,
    signingKey,
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
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { cert: certificate.toString('pem'), key: await privateKeyPem(x509, keys.privateKey) };
}

function validity(now: number, days: number): { notBefore: Date; notAfter: Date } {
  // A client whose clock is a little behind should not be turned away.
  return { notBefore: new Date(now - dayMs / 24), notAfter: new Date(now + days * dayMs) };
}

async function privateKeyPem(x509: typeof X509, key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
