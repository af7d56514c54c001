import { expect } from 'chai';
import { connect } from 'node:net';
import { type Harness, configMap, configMaps, startHarness, token } from './harness.js';

describe('watches', () => {
  let api: Harness;
  beforeEach(async () => {
    api = await startHarness();
  });
  afterEach(() => api.close());

  const seen = (event: { type: string; object: { metadata: { name: string } } } | undefined) =>
    event === undefined ? undefined : `${event.type} ${event.object.metadata.name}`;
  const label = async (name: string, value: string) => {
    await api.store.update('configmaps', 'default', name, (draft) => {
      draft.metadata.labels = { on: value };
    });
  };

  it('without a version begin with what is there', async () => {
    await api.call('POST', configMaps, configMap('a'));
    const watch = await api.watch(`${configMaps}?watch=1`);
    expect(seen(await watch.next())).to.equal('ADDED a');
    await api.call('POST', configMaps, configMap('b'));
    expect(seen(await watch.next())).to.equal('ADDED b');
    await api.call('DELETE', `${configMaps}/a`);
    const gone = await watch.next();
    expect(seen(gone)).to.equal('DELETED a');
    expect(gone?.object.metadata.resourceVersion).to.equal(String(api.store.revision));
    watch.end();
  });

  it('from a version bring what has happened since', async () => {
    const { body } = await api.call('POST', configMaps, configMap('a'));
    await label('a', '1');
    await api.call('POST', configMaps, configMap('b'));
    const watch = await api.watch(`${configMaps}?watch=true&resourceVersion=${body.metadata.resourceVersion}`);
    expect(seen(await watch.next())).to.equal('MODIFIED a');
    expect(seen(await watch.next())).to.equal('ADDED b');
    watch.end();
  });

  it('show an object that enters or leaves the selection as added or deleted', async () => {
    await api.call('POST', configMaps, configMap('a'));
    const watch = await api.watch(`${configMaps}?watch=1&labelSelector=on%3Dyes&resourceVersion=${api.store.revision}`);
    await label('a', 'yes');
    expect(seen(await watch.next())).to.equal('ADDED a');
    await label('a', 'no');
    const left = await watch.next();
    expect(seen(left)).to.equal('DELETED a');
    expect(left?.object.metadata).to.deep.include({
      labels: { on: 'yes' },
      resourceVersion: String(api.store.revision),
    });
    watch.end();
  });

  it('tell of an expired version by an event, not by the status code', async () => {
    await api.call('POST', configMaps, configMap('a'));
    await Promise.all(Array.from({ length: 8300 }, (_, index) => label('a', String(index))));
    const watch = await api.watch(`${configMaps}?watch=1&resourceVersion=1`);
    const event = await watch.next();
    expect([watch.code, event?.type, event?.object.code, event?.object.reason]).to.deep.equal([
      200,
      'ERROR',
      410,
      'Expired',
    ]);
    expect(await watch.next()).to.equal(undefined);
  });

  it('refuse a version of the future', async () => {
    expect((await api.watch(`${configMaps}?watch=1&resourceVersion=99999`)).code).to.equal(504);
  });

  it('end when their time is over, with a bookmark before that if asked for', async () => {
    const watch = await api.watch(
      `${configMaps}?watch=1&timeoutSeconds=3&allowWatchBookmarks=true&resourceVersion=${api.store.revision}`,
    );
    const bookmark = await watch.next();
    expect(bookmark).to.deep.equal({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: String(api.store.revision) } },
    });
    expect(await watch.next()).to.equal(undefined);
    const plain = await api.watch(`${configMaps}?watch=1&timeoutSeconds=1`);
    expect(await plain.next()).to.equal(undefined);
  });

  it('say when the initial objects are through', async () => {
    await api.call('POST', configMaps, configMap('a'));
    const watch = await api.watch(
      `${configMaps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    expect(seen(await watch.next())).to.equal('ADDED a');
    const mark = await watch.next();
    expect(mark?.object.metadata.annotations).to.deep.equal({ 'k8s.io/initial-events-end': 'true' });
    watch.end();
  });

  it('can be tables, described once', async () => {
    await api.call('POST', configMaps, configMap('a'));
    await api.call('POST', configMaps, configMap('b'));
    const watch = await api.watch(`${configMaps}?watch=1`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    const [first, second] = [await watch.next(), await watch.next()];
    expect(first?.object.columnDefinitions.length).to.equal(3);
    expect(first?.object.rows[0].cells.slice(0, 2)).to.deep.equal(['a', 1]);
    expect(second?.object.columnDefinitions).to.deep.equal([]);
    watch.end();
  });

  it('let a client go that reads nothing, while the others go on', async () => {
    await api.call('POST', configMaps, configMap('a'));
    const { port } = new URL(api.url);
    const slow = connect(Number(port), '127.0.0.1');
    const closed = new Promise((resolve) => slow.once('close', resolve));
    slow.write(
      `GET ${configMaps}?watch=1&resourceVersion=${api.store.revision} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await new Promise((resolve) => slow.once('data', resolve));
    slow.pause();
    const watch = await api.watch(`${configMaps}?watch=1&resourceVersion=${api.store.revision}`);
    const filler = 'x'.repeat(10_000);
    let last = '';
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          api.store.update('configmaps', 'default', 'a', (draft) => {
            last = `${round}-${index}`;
            draft['data'] = { filler, last };
          }),
        ),
      );
      for (let count = 0; count < 100; count += 1) {
        const event = await watch.next();
        expect(event?.type).to.equal('MODIFIED');
      }
    }
    slow.resume();
    let tail = '';
    slow.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('latin1')).slice(-20_000);
    });
    slow.end();
    await closed;
    expect(tail).to.not.include(`"last":"${last}"`);
    watch.end();
  });
});
