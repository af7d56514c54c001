/** Every route of this project's own API, through the bridge and through a real grpc-gateway in front of the gRPC port. */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { buildGateway, hasGo } from '../../scripts/grpc-gateway/build.js';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';
import type { Program } from '../support/program.js';
import { type Comparable, comparable } from './comparable.js';
import { type RawRequest, send } from './raw-client.js';
import { startGateway } from './real-gateway.js';

/** Where Go goes through a map in random order, one of so many of its answers has to be ours. */
const ATTEMPTS = 10;
/** The server refuses names that are not its own. */
const LOCAL = ['Host', 'localhost'] as const;

/** A request; `{done}` stands for a task that has ended, `{other}` for one of somebody else's, `{volume}` for a volume. */
type Line = readonly [line: string, body?: string];

/** Of logs one node only: what several wrote has no order between them. */
const READS: readonly Line[] = [
  ['GET /'],
  ['GET /tasks'],
  ['GET /tasks?all_users=true&page_size=1'],
  ['GET /tasks?status=completed&name=done'],
  ['GET /tasks?page_size=-1'],
  ['GET /tasks?page_size=x'],
  ['GET /tasks?status=nonsense'],
  ['GET /tasks?page_token=nonsense'],
  ['GET /tasks?zzz=1'],
  ['GET /tasks/{done}'],
  ['GET /tasks/{other}'],
  ['GET /tasks/aaaaaaaa'],
  ['GET /tasks/{done}/logs?node=0'],
  ['GET /tasks/{done}/logs?tail=1&timestamps=true&node=0'],
  ['GET /tasks/{done}/logs?follow=false&node=1'],
  ['GET /tasks/{done}/logs?node=7'],
  ['GET /tasks/{done}/logs?tail=-1'],
  ['GET /tasks/{done}/logs?since=1h&follow=maybe'],
  ['GET /tasks/{other}/logs'],
  ['GET /tasks/{done}/logs/stream?node=1'],
  ['GET /tasks/{done}/logs/stream?resume_token=nonsense'],
  ['GET /tasks/aaaaaaaa/logs/stream'],
  ['GET /tasks/{done}/watch'],
  ['GET /tasks/aaaaaaaa/watch'],
  ['GET /volumes'],
  ['GET /volumes?page_size=x'],
  ['GET /volumes/{volume}'],
  ['GET /volumes/aaaaaaaa'],
  ['GET /nowhere'],
  ['PUT /tasks'],
  ['DELETE /tasks/%zz'],
];

/** What may be done twice: it changes nothing, or is the same the second time. Maps have one entry: Go sends several in an order that it draws. */
const WRITES: readonly Line[] = [
  ['POST /tasks/submit?request_id=once', '{"name":"done","num_nodes":2,"run":"echo one; echo two"}'],
  ['POST /tasks/submit?request_id=once', '{"run":"something else"}'],
  [
    'POST /tasks/submit?validate_only=true&request_id=checked',
    '{"run":"true","resources":{"cpus":"100m"},"envs":{"A":"1"}}',
  ],
  ['POST /tasks/submit', '{"num_nodes":0,"resources":{"cpus":"many"}}'],
  ['POST /tasks/submit', '{"run":"true","volumes":{"/data":"no-such-volume"}}'],
  ['POST /tasks/submit', '{"run":5}'],
  ['POST /tasks/submit', '{"run":'],
  ['POST /tasks/submit', '{"zzz":1}'],
  ['POST /tasks/submit', ''],
  ['POST /tasks/{done}/stop', ''],
  ['POST /tasks/{done}/stop', '{"reason":"why"}'],
  ['POST /tasks/{done}/stop', '[]'],
  ['POST /tasks/{other}/stop', '{}'],
  ['POST /tasks/stop', ''],
  ['DELETE /tasks/{other}'],
  ['DELETE /tasks/aaaaaaaa?force=true'],
  ['POST /volumes/create', '{"name":"data","size":"lots"}'],
  ['POST /volumes/create', '{"size":"1Gi"}'],
  ['POST /volumes/create', '{"name":"data","size":"1Gi"}'],
  ['DELETE /volumes/aaaaaaaa'],
];

describe('this API and a real grpc-gateway in front of it', () => {
  const house = useHouse();
  const folder = createTemporaryFolder();
  const names = new Map<string, string>();
  let gateway: { url: string; process: Program } | undefined;

  before('a gateway', async function () {
    this.timeout(1_200_000);
    if (!hasGo()) {
      console.log('      there is no Go here: not tested');
      this.skip();
    }
    gateway = await startGateway(await buildGateway(folder.path), new URL(house.server.url).host);
  });

  before('a task that has ended, one of somebody else, and a volume', async function () {
    if (!gateway) this.skip();
    const task = { name: 'done', num_nodes: 2, run: 'echo one; echo two' };
    const done = (await house.submit(task, { user: 'alice', query: '?request_id=once' })).task_id;
    const other = (await house.submit({ run: 'true' }, { user: 'bob' })).task_id;
    await Promise.all([house.until(done, 'completed', 'alice'), house.until(other, 'completed', 'bob')]);
    // From then on nothing of them changes.
    await eventually(async () => {
      for (const [id, keys] of [
        [done, ['result-0', 'result-1']],
        [other, ['result-0']],
      ] as const) {
        expect((await house.kubernetes.get('configmaps', `task-${id}`)).data).to.include.keys(...keys);
      }
    });
    const { text } = await house.rest('POST', '/volumes/create', {
      user: 'alice',
      body: { name: 'data', size: '1Gi' },
    });
    const volume = (JSON.parse(text) as { volume_id: string }).volume_id;
    for (const [name, id] of Object.entries({ done, other, volume })) names.set(name, id);
  });

  after(async () => {
    await gateway?.process.stop();
    folder.remove();
  });

  /** The answer, without what the transport in between adds, and without what is drawn anew for a task that is only checked. */
  async function answer(url: string, request: RawRequest): Promise<Comparable> {
    const whole = comparable(await send(Number(new URL(url).port), request));
    const headers = whole.headers.filter((header) => !/^grpc-metadata-(date|grpc-accept-encoding):/.test(header));
    const [, id] = /"task-id":"([a-z0-9]{8})"/.exec(whole.body.join('')) ?? [];
    const body = whole.body.map((line) => {
      const timeless = line.replace(/"\d{4}-[\d-]+T[\d:.]+Z"/g, '"TIME"').replace(/sky-managed-[\d-]+_/g, 'TIME_');
      return id === undefined ? timeless : timeless.replaceAll(id, 'ID');
    });
    return { ...whole, headers, body };
  }

  async function compare([line, body]: Line, headers: RawRequest['headers']): Promise<void> {
    const [method = '', path = ''] = line.split(' ');
    const target = path.replace(/\{(\w+)\}/g, (_, name: string) => names.get(name) ?? name);
    const request = { method, target, headers, body };
    const ours = await answer(house.server.url, request);
    let theirs = await answer(gateway?.url ?? '', request);
    for (let attempt = 1; attempt < ATTEMPTS && !isDeepStrictEqual(ours, theirs); attempt++) {
      theirs = await answer(gateway?.url ?? '', request);
    }
    expect(ours).to.deep.equal(theirs);
  }

  for (const line of [...READS, ...WRITES]) {
    it(`answer alike: ${line.join(' ')}`, () => compare(line, [['X-User', 'alice'], LOCAL]));
  }

  for (const line of READS) {
    it(`answer alike without a user: ${line.join(' ')}`, () => compare(line, [LOCAL]));
  }
});
