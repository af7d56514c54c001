import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, writePrivate } from './private-file.js';

/** The bearer token of the data directory, made at the first start. */
export async function loadToken(directory: string): Promise<string> {
  const path = join(directory, 'token');
  const known = (await readIfThere(path))?.trim();
  if (known !== undefined && known.length >= 32) return known;
  const token = randomBytes(32).toString('base64url');
  await writePrivate(path, `${token}\n`);
  return token;
}

/** Writes the kubeconfig that leads to this cluster, for this user only, and returns its path. */
export async function writeKubeconfig(directory: string, port: number, cert: string, token: string): Promise<string> {
  const path = join(directory, 'kubeconfig');
  const name = 'embedded';
  // JSON is YAML, and needs no library to be written safely.
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': Buffer.from(cert).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
  };
  await writePrivate(path, `${JSON.stringify(content, undefined, 2)}\n`);
  return path;
}
