import { expect } from 'chai';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewObject } from '../../../../cluster/store/object.js';
import { deleteObject } from '../../../../cluster/store/deletion.js';
import { Store, type StoreEvent } from '../../../../cluster/store/store.js';

const configMap = (name: string, data: Record<string, string> = {}): NewObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});

describe('Store', () => {
  let directory: string;
  let store: Store;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'store-'));
    store = await Store.open(directory);
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const reopened = async (): Promise<Store> => {
    await store.close();
    store = await Store.open(directory);
    return store;
  };

  it('gives a new object its uid, version and creation time in whole seconds', async () => {
    const { metadata } = store.create('configmaps', configMap('a'));
    expect(metadata.resourceVersion).to.equal('1');
    expect(metadata.uid).to.match(/^[0-9a-f-]{36}$/);
    expect(metadata.creationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('refuses a name that is taken', () => {
    store.create('configmaps', configMap('a'));
    expect(() => store.create('configmaps', configMap('a')))
      .to.throw()
      .that.includes({ code: 409, reason: 'AlreadyExists' });
  });

  it('does not write a change that changes nothing', async () => {
    const made = store.create('configmaps', configMap('a', { n: '0' }));
    const same = store.update(store.existing('configmaps', 'default', 'a'), (draft) => {
      draft['data'] = { n: '0', gone: undefined };
    });
    expect(same).to.deep.equal(made);
    expect(store.revision).to.equal(1);
  });

  it('keeps objects from being changed behind its back', async () => {
    const made = store.create('configmaps', configMap('a', { n: '0' }));
    expect(() => {
      made['data'].n = '1';
    }).to.throw(TypeError);
  });

  it('lists in the order of namespace and name', async () => {
    for (const [namespace, name] of [
      ['b', 'a'],
      ['a', 'z'],
      ['a', 'b'],
      ['a-b', 'c'],
    ] as const) {
      store.create('configmaps', { ...configMap(name), metadata: { name, namespace } });
    }
    const keys = (namespace?: string) =>
      store.list('configmaps', namespace).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(keys()).to.deep.equal(['a-b/c', 'a/b', 'a/z', 'b/a']);
    expect(keys('a')).to.deep.equal(['a/b', 'a/z']);
  });

  it('tells listeners of every write in order, with the state before', async () => {
    const events: StoreEvent[] = [];
    const stop = store.subscribe(['configmaps'], (event) => events.push(event));
    store.create('configmaps', configMap('a', { n: '0' }));
    store.update(store.existing('configmaps', 'default', 'a'), (draft) => {
      draft['data'].n = '1';
    });
    deleteObject(store, store.existing('configmaps', 'default', 'a'));
    stop();
    store.create('configmaps', configMap('b'));
    expect(events.map(({ type, resourceVersion }) => [type, resourceVersion])).to.deep.equal([
      ['ADDED', 1],
      ['MODIFIED', 2],
      ['DELETED', 3],
    ]);
    expect(events[1]?.previous?.['data'].n).to.equal('0');
    expect(events[2]?.object.metadata.resourceVersion).to.equal('3');
  });

  it('tells of what a listener writes when all have heard of what it was told', () => {
    const heard: string[] = [];
    const tell = ({ object }: StoreEvent): void => void heard.push(object.metadata.name);
    store.subscribe(['configmaps'], ({ object }) => {
      if (object.metadata.name === 'a') store.create('configmaps', configMap('b'));
    });
    store.subscribe(['configmaps'], tell);
    store.create('configmaps', configMap('a'));
    expect(heard).to.deep.equal(['a', 'b']);
  });

  it('goes on with the other listeners and writes when one throws', async () => {
    const seen: string[] = [];
    store.subscribe(['configmaps'], () => {
      throw new Error('expected by this test');
    });
    store.subscribe(['configmaps'], ({ object }) => seen.push(object.metadata.name));
    store.create('configmaps', configMap('a'));
    expect(seen).to.deep.equal(['a']);
  });

  it('has everything back after it was opened again, history included', async () => {
    store.create('configmaps', configMap('a', { n: '0' }));
    store.create('configmaps', configMap('b'));
    deleteObject(store, store.existing('configmaps', 'default', 'b'));
    const before = store.list('configmaps');
    const again = await reopened();
    expect(again.list('configmaps')).to.deep.equal(before);
    expect(again.revision).to.equal(3);
    expect(again.since('configmaps', 1)?.map(({ type }) => type)).to.deep.equal(['ADDED', 'DELETED']);
  });

  it('drops a torn last line and goes on behind the last whole one', async () => {
    store.create('configmaps', configMap('a'));
    await appendFile(join(directory, 'store.jsonl'), '{"rv":2,"r":"configmaps","o":{"meta');
    expect((await reopened()).revision).to.equal(1);
    store.create('configmaps', configMap('b'));
    expect((await reopened()).list('configmaps').length).to.equal(2);
  });

  it('refuses a file that is damaged in the middle and names the line', async () => {
    store.create('configmaps', configMap('a'));
    store.create('configmaps', configMap('b'));
    const path = join(directory, 'store.jsonl');
    const other = await mkdtemp(join(tmpdir(), 'store-'));
    await writeFile(join(other, 'store.jsonl'), `{{{\n${await readFile(path, 'utf8')}`);
    try {
      const error = await Store.open(other).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      expect(error?.message).to.match(/store\.jsonl is damaged in line 1/);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it('makes its file shorter when that has grown, losing nothing', async () => {
    await store.close();
    store = await Store.open(directory, { compactAtBytes: 10_000 });
    store.create('configmaps', configMap('a', { n: '' }));
    let round = 0;
    for (let written = 0; written <= 10_000; round += 1) {
      const made = store.update(store.existing('configmaps', 'default', 'a'), (draft) => {
        draft['data'].n = String(round);
      });
      written += JSON.stringify(made).length;
    }
    await store.close();
    expect((await readFile(join(directory, 'store.jsonl'))).length).to.be.below(5_000);
    store = await Store.open(directory);
    expect(store.get('configmaps', 'default', 'a')?.['data'].n).to.equal(String(round - 1));
    expect(store.revision).to.equal(1 + round);
  });

  it('knows the writes after a version, and says when it has forgotten them', async () => {
    store.create('configmaps', configMap('a'));
    for (let round = 0; round < 8200; round += 1) {
      store.update(store.existing('configmaps', 'default', 'a'), (draft) => {
        draft['data'].n = String(round);
      });
    }
    store.create('configmaps', configMap('b'));
    expect(store.since('configmaps', store.revision - 1)?.map(({ object }) => object.metadata.name)).to.deep.equal([
      'b',
    ]);
    expect(store.since('configmaps', 5)).to.equal(undefined);
  });

  it('removes an object that is being deleted when its last finalizer goes', async () => {
    const metadata = { name: 'a', namespace: 'default', finalizers: ['x'], deletionTimestamp: '2026-01-01T00:00:00Z' };
    store.create('configmaps', { ...configMap('a'), metadata });
    store.update(store.existing('configmaps', 'default', 'a'), (draft) => {
      delete draft.metadata.finalizers;
    });
    expect(store.get('configmaps', 'default', 'a')).to.equal(undefined);
  });
});
