import { X509Certificate, createPrivateKey, webcrypto } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as X509 from '@peculiar/x509';
import { readIfThere, writePrivate } from './private-file.js';

/** What the server shows, and its key, in PEM. Clients trust the certificate itself: it vouches for this server and for nothing else. */
export interface Certificate {
  cert: string;
  key: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const validDays = 3650;
const renewBeforeDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The certificate of the data directory: made at the first start, and anew when it is about to expire. */
export async function loadCertificate(directory: string, now: number = Date.now()): Promise<Certificate> {
  const folder = join(directory, 'pki');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [certPath, keyPath] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const [cert, key] = [await readIfThere(certPath), await readIfThere(keyPath)];
  if (cert && key && isFresh({ cert, key }, now)) return { cert, key };
  const made = await issue(now);
  await writePrivate(certPath, made.cert);
  await writePrivate(keyPath, made.key);
  return made;
}

function isFresh({ cert, key }: Certificate, now: number): boolean {
  try {
    const own = new X509Certificate(cert);
    const left = Date.parse(own.validTo) - now;
    return left > renewBeforeDays * dayMs && own.checkIssued(own) && own.checkPrivateKey(createPrivateKey(key));
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

/** A certificate for this machine, which may not sign others. */
async function issue(now: number): Promise<Certificate> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=k8s-cli embedded cluster',
    // A client whose clock is a little behind should not be turned away.
    notBefore: new Date(now - dayMs / 24),
    notAfter: new Date(now + validDays * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}
