import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { watchCollection } from '../../../../../server/kubernetes/cache/watch.js';
import type { RawObject } from '../../../../../server/kubernetes/objects.js';
import captured from '../../../../support/server/captured-protobuf.json' with { type: 'json' };
import { eventually } from '../../../../support/server/eventually.js';
import { event, json, KubeStub, refuse, type SeenRequest } from '../../../../support/server/kube-stub.js';
import { eventBytes, listBytes, statusBytes } from '../../../../support/server/protobuf.js';

type Step = (request: SeenRequest, response: ServerResponse) => void;

const object = (name: string, resourceVersion: number): RawObject => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(resourceVersion) },
});

/** Answers lists with these pages of objects. */
const list =
  (revision: number, ...items: RawObject[]): Step =>
  (_, response) =>
    json(response, { metadata: { resourceVersion: String(revision) }, items });

/** Leaves a watch open after these events. */
const open =
  (...events: [string, unknown][]): Step =>
  (_, response) => {
    response.writeHead(200);
    response.flushHeaders();
    for (const [type, body] of events) event(response, type, body);
  };

/** Ends a watch as the server does after its time. */
const closed =
  (...events: [string, unknown][]): Step =>
  (request, response) => {
    open(...events)(request, response);
    response.end();
  };

describe('watchCollection', () => {
  let stub: KubeStub | undefined;
  const gone = new AbortController();
  let stop = gone;

  /** Runs a watch against a script; what does not stand in it leaves an empty watch open. */
  async function run(...script: Step[]): Promise<{
    stub: KubeStub;
    seen: Map<string, string>;
    problems: (string | undefined)[];
    heard: number[];
    lists: string[];
    ended: Promise<void>;
  }> {
    const steps = script.values();
    stub = await KubeStub.start((request, response) => (steps.next().value ?? open())(request, response));
    const seen = new Map<string, string>();
    const problems: (string | undefined)[] = [];
    const heard: number[] = [];
    const lists: string[] = [];
    const uidOf = new Map<string, string>();
    const put = ({ metadata }: RawObject): void => {
      seen.set(metadata.name, metadata.resourceVersion);
      uidOf.set(metadata.name, metadata.uid);
    };
    stop = new AbortController();
    const ended = watchCollection(
      stub.client,
      {
        path: '/things',
        labelSelector: 'a=b',
        onChange: put,
        onListed: (uids, revision) => {
          for (const name of seen.keys()) if (!uids.has(uidOf.get(name) ?? '')) seen.delete(name);
          lists.push(revision);
        },
        onDelete: ({ metadata }) => {
          seen.delete(metadata.name);
        },
        onProblem: (problem, heardMs) => {
          problems.push(problem?.message);
          heard.push(heardMs);
        },
      },
      stop.signal,
    );
    return { stub, seen, problems, heard, lists, ended };
  }

  afterEach(async () => {
    stop.abort();
    await stub?.stop();
    stub = undefined;
  });

  it('lists, then follows from the version of the list, with bookmarks and an end', async () => {
    const { stub, seen } = await run(list(10, object('a', 5)), open(['ADDED', object('b', 11)]));
    await eventually(() => seen.has('b'));
    expect([...seen.keys()]).to.deep.equal(['a', 'b']);
    const query = stub.requests[1]?.query;
    expect(Object.fromEntries(query ?? [])).to.include({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      labelSelector: 'a=b',
    });
    expect(Number(query?.get('timeoutSeconds'))).to.be.within(300, 600);
  });

  it('takes changes and deletions in', async () => {
    const { seen } = await run(
      list(10, object('a', 5), object('b', 6)),
      open(['MODIFIED', object('a', 11)], ['DELETED', object('b', 12)], ['ADDED', object('c', 13)]),
    );
    await eventually(() => seen.has('c'));
    expect([...seen]).to.deep.equal([
      ['a', '11'],
      ['c', '13'],
    ]);
  });

  it('reads a list page by page', async () => {
    const { stub, seen, lists } = await run(
      (_, response) =>
        json(response, { metadata: { resourceVersion: '10', continue: 'more' }, items: [object('a', 1)] }),
      list(10, object('b', 2)),
    );
    await stub.seen(3);
    expect([...seen.keys()]).to.deep.equal(['a', 'b']);
    expect(stub.requests[1]?.query.get('continue')).to.equal('more');
    expect(stub.requests[1]?.query.has('resourceVersion'), 'the next page is of the version of the first').to.equal(
      false,
    );
    expect(lists).to.deep.equal(['10']);
  });

  it('begins with a small page after a failure, as large ones may not come through, and doubles it', async () => {
    const page =
      (next: string): Step =>
      (_, response) =>
        json(response, { metadata: { resourceVersion: '10', continue: next }, items: [] });
    const { stub, lists } = await run(
      (_, response) => refuse(response, 403, 'Forbidden', 'not now'),
      page('second'),
      page('third'),
      list(10),
    );
    await eventually(() => lists.length === 1);
    expect(stub.requests.slice(0, 4).map(({ query }) => query.get('limit'))).to.deep.equal(['500', '10', '20', '40']);
  });

  it('goes on behind the last event when the server ends the watch', async () => {
    const { stub, lists } = await run(list(10), closed(['ADDED', object('a', 11)]), open());
    await stub.seen(3);
    expect(stub.requests[2]?.query.get('resourceVersion')).to.equal('11');
    expect(lists, 'lists').to.have.length(1);
  });

  it('goes on behind the last bookmark', async () => {
    const { stub, seen } = await run(list(10), closed(['BOOKMARK', object('', 50)]), open());
    await stub.seen(3);
    expect(stub.requests[2]?.query.get('resourceVersion')).to.equal('50');
    expect(seen.size, 'a bookmark is no object').to.equal(0);
  });

  it('goes on behind the last whole event when the connection is cut in the middle of one', async () => {
    const { stub, seen } = await run(
      list(10),
      (_, response) => {
        response.writeHead(200);
        event(response, 'ADDED', object('a', 11));
        response.write('{"type":"ADDED","obj', () => response.destroy());
      },
      open(['ADDED', object('b', 12)]),
    );
    await eventually(() => seen.has('b'));
    expect(stub.requests[2]?.query.get('resourceVersion')).to.equal('11');
    expect([...seen.keys()]).to.deep.equal(['a', 'b']);
  });

  it('puts an event together from pieces of any size', async () => {
    const { seen } = await run(list(10), (_, response) => {
      response.writeHead(200);
      const bytes = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: object('é💥', 11) })}\n`);
      for (const byte of bytes) response.write(Buffer.from([byte]));
    });
    await eventually(() => seen.has('é💥'));
  });

  for (const [title, expired] of [
    ['as an event', open(['ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }])],
    ['as an answer', (_: SeenRequest, response: ServerResponse) => refuse(response, 410, 'Expired', 'too old')],
  ] as const) {
    it(`lists again when the version has expired, told ${title}, and forgets what is gone`, async () => {
      const { stub, seen, lists } = await run(
        list(10, object('a', 5), object('b', 6)),
        expired,
        list(90, object('b', 80), object('c', 81)),
        open(),
      );
      await eventually(() => lists.length === 2);
      expect([...seen]).to.deep.equal([
        ['b', '80'],
        ['c', '81'],
      ]);
      expect(stub.requests[0]?.query.get('resourceVersion'), 'the first may be a little old').to.equal('0');
      expect(stub.requests[2]?.query.has('resourceVersion'), 'a later one must not').to.equal(false);
    });
  }

  it('lists and follows in protobuf where the server has it, until it expires', async () => {
    const pod = Buffer.from(captured.pods.running.protobuf, 'base64');
    const { name, resourceVersion } = captured.pods.running.json.metadata;
    const type = 'application/vnd.kubernetes.protobuf';
    const page =
      (...items: Buffer[]): Step =>
      (_, response) =>
        void response.writeHead(200, { 'content-type': type }).end(listBytes('Pod', { resourceVersion: '10' }, items));
    const events =
      (...bytes: Buffer[]): Step =>
      (_, response) =>
        void response.writeHead(200, { 'content-type': `${type};stream=watch` }).write(Buffer.concat(bytes));
    const expired = eventBytes('ERROR', 'Status', statusBytes(410, 'Expired', 'too old'));
    const { seen, lists } = await run(page(), events(eventBytes('ADDED', 'Pod', pod), expired), page(pod), open());
    await eventually(() => lists.length === 2);
    expect([...seen]).to.deep.equal([[name, resourceVersion]]);
  });

  it('does not list without a pause when every version has expired', async () => {
    const { stub } = await run(
      ...Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? list(10) : open(['ERROR', { code: 410 }]))),
    );
    await stub.seen(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stub.requests.length).to.equal(2);
  });

  it('tells of a problem, and that it is over only when the watch is open again', async () => {
    const away: Step = (_, response) => refuse(response, 403, 'Forbidden', 'not allowed');
    const { problems, heard, stub } = await run(list(10), away, away, open());
    await stub.seen(4);
    await eventually(() => problems.at(-1) === undefined && problems.length > 1);
    expect(problems).to.deep.equal(['not allowed', 'not allowed', undefined]);
    expect(heard[1], 'a failure is no sign of life').to.equal(heard[0]);
    expect(heard[2]).to.be.above(heard[1] ?? 0);
  });

  it('does not say that it is over where the version turns out to have expired', async () => {
    const away: Step = (_, response) => refuse(response, 503, 'ServiceUnavailable', 'away');
    const expired = open(['ERROR', { code: 410, reason: 'Expired', message: 'too old' }]);
    const { problems, seen } = await run(list(10), away, expired, list(20), open(['ADDED', object('a', 21)]));
    await eventually(() => seen.has('a'));
    expect(problems).to.deep.equal(['away', undefined]);
  });

  it('tells that the credentials fail, when it has to open anew', async () => {
    const { problems, heard } = await run(list(10), (request, response) => {
      const credentials = (): Promise<never> => Promise.reject(new Error('the plugin has ended'));
      Object.assign(stub?.config ?? {}, { credentials });
      closed(['ADDED', object('a', 11)])(request, response);
    });
    await eventually(() => problems.length > 2);
    expect(problems).to.deep.equal([undefined, 'the plugin has ended', 'the plugin has ended']);
    expect(heard[2], 'a failure is no sign of life').to.equal(heard[1]);
  });

  it('tells of a watch that is not answered that no answer came', async () => {
    stub = await KubeStub.start((request, response) => {
      if (!request.query.has('watch')) list(10)(request, response);
    });
    const { config, client } = stub;
    stop = new AbortController();
    const problem = await new Promise<Error | undefined>((onProblem) => {
      const told = { onChange: () => {}, onListed: () => {}, onDelete: () => {}, onProblem };
      void watchCollection(client, { path: '/things', labelSelector: 'a=b', ...told }, stop.signal, 50);
    });
    expect(problem).to.have.property('message', `${config.server}: no answer in time`);
  });

  it('follows from the same version after an error of the server', async () => {
    const { stub, lists } = await run(
      list(10),
      (_, response) => refuse(response, 500, 'InternalError', 'etcd'),
      open(),
    );
    await stub.seen(3);
    expect(stub.requests[2]?.query.get('resourceVersion')).to.equal('10');
    expect(lists).to.have.length(1);
  });

  it('does not let a callback that fails end the watch', async () => {
    stub = await KubeStub.start((request, response) => {
      if (!request.query.has('watch')) list(10)(request, response);
      else if (request.query.get('resourceVersion') === '10') open(['ADDED', object('a', 11)])(request, response);
      else open(['ADDED', object('b', 12)])(request, response);
    });
    stop = new AbortController();
    const seen: string[] = [];
    void watchCollection(
      stub.client,
      {
        path: '/things',
        labelSelector: 'a=b',
        onListed: () => {},
        onChange: ({ metadata }) => {
          seen.push(metadata.name);
          if (metadata.name === 'a') throw new Error('bad object');
        },
        onDelete: () => {},
      },
      stop.signal,
    );
    await eventually(() => seen.includes('b'));
    expect(seen).to.deep.equal(['a', 'b']);
  });

  it('ends with its signal and closes its connection', async () => {
    let closed = false;
    const { ended, stub } = await run(list(10), (request, response) => {
      response.once('close', () => {
        closed = true;
      });
      open()(request, response);
    });
    await stub.seen(2);
    stop.abort();
    await ended;
    await eventually(() => closed);
  });
});
