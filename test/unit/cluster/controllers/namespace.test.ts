import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNamespaceController } from '../../../../cluster/controllers/namespace.js';
import { createObject } from '../../../../cluster/kinds/create.js';
import { deleteObject } from '../../../../cluster/store/deletion.js';
import { Store } from '../../../../cluster/store/store.js';

describe('removing a namespace', () => {
  it('empties it first, lets nothing new in, and waits for what is held', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'namespace-'));
    const store = await Store.open(directory);
    const ending = new AbortController();
    startNamespaceController({ store, signal: ending.signal });
    const configMap = (name: string, namespace: string, finalizers: string[]) =>
      createObject(store, 'configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace, finalizers },
      });
    try {
      for (const name of ['going', 'staying']) {
        createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
        configMap('plain', name, []);
      }
      configMap('held', 'going', ['example.com/x']);
      const emptied = new Promise<void>((resolve) => {
        const stop = store.subscribe(['configmaps'], ({ type, object }) => {
          if (type !== 'DELETED' || object.metadata.name !== 'plain') return;
          stop();
          resolve();
        });
      });
      expect(deleteObject(store, store.existing('namespaces', undefined, 'going'))?.status).to.deep.equal({
        phase: 'Terminating',
      });
      await emptied;
      expect(() => configMap('new', 'going', [])).to.throw('because it is being terminated');
      expect(store.get('namespaces', '', 'going')).to.not.equal(undefined);

      const gone = new Promise<void>((resolve) => {
        store.subscribe(['namespaces'], ({ type }) => {
          if (type === 'DELETED') resolve();
        });
      });
      store.update(store.existing('configmaps', 'going', 'held'), ({ metadata }) => {
        metadata.finalizers = [];
      });
      await gone;
      expect(store.list('configmaps').map(({ metadata }) => metadata.namespace)).to.deep.equal(['staying']);
    } finally {
      ending.abort();
      await store.close();
      await rm(directory, { recursive: true });
    }
  });
});
