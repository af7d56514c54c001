import { expect } from 'chai';
import { PATCH, type Watch, type WatchEvent, useApi } from '../support/api.js';
import { withMoreTime } from '../support/eventually.js';
import { REAL } from '../support/target.js';
import { configMap } from './objects.js';

describe('watches', () => {
  const api = useApi();
  const open: Watch[] = [];
  const watch = async (query: string, accept?: string): Promise<Watch> => {
    const opened = await api.watch(`configmaps?watch=1&${query}`, accept === undefined ? {} : { accept });
    open.push(opened);
    return opened;
  };
  const seen = (event: WatchEvent | undefined) =>
    event === undefined ? undefined : `${event.type} ${event.object.metadata.name}`;
  const label = async (name: string, on: string | null): Promise<string> =>
    (await api.call('PATCH', `configmaps/${name}`, { metadata: { labels: { on } } }, PATCH.merge)).body.metadata
      .resourceVersion;
  const now = async (): Promise<string> => (await api.call('GET', 'configmaps')).body.metadata.resourceVersion;

  beforeEach(() => api.call('POST', 'configmaps', configMap('a', { labels: { on: 'a' } })));
  afterEach(async () => {
    for (const opened of open.splice(0)) opened.end();
    for (const name of ['a', 'b']) await api.call('DELETE', `configmaps/${name}`);
  });

  it('without a version begin with what is there', async () => {
    const stream = await watch('labelSelector=on');
    expect(seen(await stream.next())).to.equal('ADDED a');
    await api.call('POST', 'configmaps', configMap('b', { labels: { on: 'b' } }));
    expect(seen(await stream.next())).to.equal('ADDED b');
    await api.call('DELETE', 'configmaps/a');
    expect(seen(await stream.next())).to.equal('DELETED a');
  });

  it('from a version bring what has happened since', async () => {
    const from = await now();
    await label('a', 'x');
    await api.call('POST', 'configmaps', configMap('b', { labels: { on: 'b' } }));
    // A real cluster puts a ConfigMap of its own into each namespace, some time.
    const stream = await watch(`labelSelector=on&resourceVersion=${from}`);
    expect(seen(await stream.next())).to.equal('MODIFIED a');
    expect(seen(await stream.next())).to.equal('ADDED b');
  });

  it('show an object that enters or leaves the selection as added or deleted', async () => {
    const stream = await watch(`labelSelector=on%3Dyes&resourceVersion=${await now()}`);
    await label('a', 'yes');
    expect(seen(await stream.next())).to.equal('ADDED a');
    const version = await label('a', 'no');
    const left = await stream.next();
    expect(seen(left)).to.equal('DELETED a');
    // As it was when it still belonged there, with the version in which it left.
    expect(left?.object.metadata).to.deep.include({ labels: { on: 'yes' }, resourceVersion: version });
  });

  it('take field selectors', async () => {
    await api.call('POST', 'configmaps', configMap('b'));
    const stream = await watch('fieldSelector=metadata.name%3Db');
    expect(seen(await stream.next())).to.equal('ADDED b');
    await label('a', 'x');
    await label('b', 'x');
    expect(seen(await stream.next())).to.equal('MODIFIED b');
  });

  it('tell of an expired version by an event, not by the status code', async () => {
    if (!REAL) {
      // A cluster that has just been made still knows everything: more happens than it keeps.
      const writer = async (first: number) => {
        for (let index = first; index < 8400; index += 8) await label('a', String(index));
      };
      await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(writer));
    }
    const stream = await watch('resourceVersion=1');
    const event = await stream.next();
    if (REAL && event?.type === 'ADDED') {
      // A real one that has just been made may know everything, too.
      expect(stream.code).to.equal(200);
      return;
    }
    expect([stream.code, event?.type, event?.object.code, event?.object.reason]).to.deep.equal([
      200,
      'ERROR',
      410,
      'Expired',
    ]);
    expect(event?.object.message).to.match(/^too old resource version: 1 \(\d+\)$/);
    expect(await stream.next()).to.equal(undefined);
    const exact = await api.call('GET', 'configmaps?resourceVersion=1&resourceVersionMatch=Exact');
    if (REAL && exact.code === 200) {
      // A real one forgets for lists every five minutes only: a young one still answers what there was, nothing.
      expect([exact.body.metadata.resourceVersion, exact.body.items]).to.deep.equal(['1', []]);
      return;
    }
    expect([exact.code, exact.body.reason, exact.body.message]).to.deep.equal([
      410,
      'Expired',
      'The resourceVersion for the provided list is too old.',
    ]);
    // So does a page of that time; its token goes on with what is there now.
    await api.call('POST', 'configmaps', configMap('b'));
    const { metadata } = (await api.call('GET', 'configmaps?limit=1')).body;
    const position = JSON.parse(Buffer.from(metadata.continue, 'base64url').toString());
    const old = Buffer.from(JSON.stringify({ ...position, rv: 1 })).toString('base64url');
    const { code, body } = await api.call('GET', `configmaps?limit=1&continue=${old}`);
    expect([code, body.reason]).to.deep.equal([410, 'Expired']);
    const rest = await api.call('GET', `configmaps?continue=${body.metadata.continue}`);
    expect(rest.body.items[0].metadata.name).to.equal('b');
  });

  it('of a version of the future wait for it', async () => {
    const stream = await watch(`resourceVersion=${Number(await now()) + 1_000_000}&timeoutSeconds=1`);
    expect(stream.code).to.equal(200);
    expect(await stream.next()).to.equal(undefined);
  });

  it('end when their time is over, with a bookmark before that if asked for', async () => {
    // Some seconds before the end: a server that was paused just then has none to send.
    const bookmarks = await withMoreTime(
      async (seconds) => {
        const from = await now();
        const query = `labelSelector=on%3Dnobody&timeoutSeconds=${seconds}&resourceVersion=${from}`;
        const [with_, without] = await Promise.all([watch(`${query}&allowWatchBookmarks=true`), watch(query)]);
        // A real cluster sends no bookmark of a version that the watch began with.
        await label('a', `x${seconds}`);
        let count = 0;
        for (let event = await with_?.next(); event !== undefined; event = await with_?.next()) {
          count += 1;
          expect(event.type).to.equal('BOOKMARK');
          expect(event.object).to.include({ kind: 'ConfigMap', apiVersion: 'v1' });
          expect(BigInt(event.object.metadata.resourceVersion) > BigInt(from)).to.equal(true);
        }
        expect(await without?.next()).to.equal(undefined);
        return count;
      },
      (count) => count === 0,
      8,
    );
    expect(bookmarks).to.be.greaterThan(0);
  });

  it('can list first, and say where the list ends', async () => {
    const match = 'resourceVersionMatch=NotOlderThan';
    const stream = await watch(`labelSelector=on&sendInitialEvents=true&${match}&allowWatchBookmarks=true`);
    expect(seen(await stream.next())).to.equal('ADDED a');
    const end = await stream.next();
    expect(end?.type).to.equal('BOOKMARK');
    expect(end?.object.metadata.annotations).to.deep.equal({ 'k8s.io/initial-events-end': 'true' });
    await label('a', 'x');
    expect(seen(await stream.next())).to.equal('MODIFIED a');
  });

  it('can bring rows, with the columns in the first event only', async () => {
    await api.call('POST', 'configmaps', configMap('b', { labels: { on: 'b' } }));
    const stream = await watch('labelSelector=on', 'application/json;as=Table;v=v1;g=meta.k8s.io');
    const [first, second] = [await stream.next(), await stream.next()];
    expect([first?.object.kind, first?.object.columnDefinitions.length]).to.deep.equal(['Table', 3]);
    expect([first?.object.rows.length, first?.object.rows[0].cells[0]]).to.deep.equal([1, 'a']);
    expect(second?.object.columnDefinitions ?? []).to.deep.equal([]);
  });

  for (const query of [
    'labelSelector=%3D',
    'sendInitialEvents=true',
    'resourceVersionMatch=NotOlderThan',
    'sendInitialEvents=true&resourceVersionMatch=Exact',
  ]) {
    it(`refuse ${query}`, async () => {
      const { code } = await api.call('GET', `configmaps?watch=1&${query}`);
      expect(code).to.equal(query.startsWith('labelSelector') ? 400 : 422);
    });
  }

  it('let a client go that does not keep up', async () => {
    const slow = await watch(`resourceVersion=${await now()}`);
    const filler = 'x'.repeat(16 * 1024);
    const last = 1499;
    const writer = async (first: number) => {
      for (let n = first; n <= last; n += 4) {
        await api.call('PATCH', 'configmaps/a', { data: { filler, n: String(n) } }, PATCH.merge);
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    let events = 0;
    for (let event = await slow.next(); event !== undefined; event = await slow.next()) {
      events += 1;
      expect(events, 'events that came through').to.be.at.most(last);
    }
    // It goes on from where it was.
    expect(events).to.be.greaterThan(0);
  });
});
