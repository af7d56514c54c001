import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hasKubeconfig, loadClusterConfig } from '../../../../../server/kubernetes/api/credentials.js';

describe('loadClusterConfig', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-cli-kubeconfig-'));
    path = join(folder, 'config');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(over: object = {}): void {
    writeFileSync(
      path,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'dev',
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/', 'certificate-authority-data': 'Y2E=' } }],
        users: [{ name: 'u', user: { token: 'secret' } }],
        contexts: [
          { name: 'dev', context: { cluster: 'c', user: 'u', namespace: 'team-a' } },
          { name: 'prod', context: { cluster: 'c', user: 'u' } },
        ],
        ...over,
      }),
    );
  }
  const load = (context?: string): ReturnType<typeof loadClusterConfig> =>
    loadClusterConfig({ kind: 'kubeconfig', path, context });

  it('takes the current context, or the one that is named', () => {
    write();
    expect(load()).to.include({ server: 'https://127.0.0.1:6443', name: 'dev', namespace: 'team-a' });
    expect(load('prod')).to.include({ name: 'prod', namespace: undefined });
  });

  it('says which contexts there are', () => {
    write();
    expect(() => load('nope')).to.throw('the kubeconfig has no context "nope"; it has dev, prod');
  });

  it('says that there is no current context', () => {
    write({ 'current-context': '' });
    expect(() => load()).to.throw(/no current context; choose one with --context/);
  });

  it('reads token and certificate, and tells when the certificate is another one', async () => {
    write();
    const config = load();
    const first = await config.credentials(false);
    expect(first.headers).to.deep.equal({ authorization: 'Bearer secret' });
    expect(String(first.tls.ca)).to.equal('ca');
    expect((await config.credentials(true)).tlsKey).to.equal(first.tlsKey);
    write({
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Y2Iy' } }],
    });
    expect((await load().credentials(false)).tlsKey).to.not.equal(first.tlsKey);
  });

  it('reads them once for many who ask at the same time', () => {
    write();
    const config = load();
    expect(config.credentials(false)).to.equal(config.credentials(false));
  });

  it('knows whether there is a kubeconfig to use', () => {
    write();
    expect(hasKubeconfig(path)).to.equal(true);
    expect(hasKubeconfig(join(folder, 'missing'))).to.equal(false);
    write({ 'current-context': '' });
    expect(hasKubeconfig(path)).to.equal(false);
    writeFileSync(path, 'not: [yaml');
    expect(hasKubeconfig(path)).to.equal(false);
  });
});
