import { expect } from 'chai';
import type { LaunchRequest } from '../../../../server/domain/ports.js';
import { TaskCache } from '../../../../server/kubernetes/cache.js';
import { Launcher } from '../../../../server/kubernetes/launcher.js';
import type { RawConfigMap, RawJob } from '../../../../server/kubernetes/objects.js';
import { pathsOf } from '../../../../server/kubernetes/paths.js';
import { Reconciler } from '../../../../server/kubernetes/reconcile.js';
import { recordObject, stopPatch } from '../../../../server/kubernetes/record.js';
import { eventually } from '../../../support/server/eventually.js';
import { json, KubeStub } from '../../../support/server/kube-stub.js';
import { MemoryApi } from '../../../support/server/memory-api.js';
import { spec } from '../../../support/server/specs.js';
import { T0 } from '../../../support/server/views.js';

const PATHS = pathsOf('default');
const REQUEST: LaunchRequest = {
  id: 'abc12345',
  user: 'ann',
  name: 'demo',
  spec: spec({ numNodes: 2 }),
  mounts: [],
  fingerprint: 'print',
  requestId: '',
  createdAtMs: T0,
};
const RECORD = `${PATHS.configMaps}/task-abc12345`;
const jobPath = (index: number): string => `${PATHS.jobs}/demo-abc12345-node-${index}`;

describe('Reconciler', () => {
  let api: MemoryApi;
  let stub: KubeStub;
  let cache: TaskCache;
  let launcher: Launcher;
  let stop: AbortController;
  let running: Promise<unknown>;
  let reconciler: Reconciler;
  /** Time passes as fast as somebody waits for it. */
  let nowMs: number;
  const time = {
    now: (): number => nowMs,
    wait: async (ms: number, signal: AbortSignal): Promise<boolean> => {
      nowMs += ms;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return !signal.aborted;
    },
  };

  beforeEach(async () => {
    api = new MemoryApi();
    stub = await KubeStub.start((request, response) => {
      if (request.query.has('watch')) response.writeHead(200).flushHeaders();
      else if (request.method === 'GET' && Object.values(PATHS).includes(request.path)) {
        const items = [...api.objects].filter(([path]) => path.startsWith(`${request.path}/`)).map(([, own]) => own);
        json(response, { metadata: { resourceVersion: '900' }, items });
      } else api.answer(request, response);
    });
    cache = new TaskCache(stub.client, PATHS);
    launcher = new Launcher(stub.client, PATHS, cache);
    stop = new AbortController();
    nowMs = T0;
    reconciler = new Reconciler(stub.client, PATHS, cache, launcher, () => {}, time);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await stub.stop();
  });

  function run(): void {
    running = Promise.all([cache.run(stop.signal), reconciler.run(stop.signal)]);
  }

  /** A submission that was cut off behind its record. */
  async function begun(): Promise<void> {
    await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(REQUEST) });
  }

  const record = (): RawConfigMap | undefined => api.objects.get(RECORD);
  const patches = (): number => stub.requests.filter(({ method }) => method === 'PATCH').length;

  /** Ends the Job of a node, as seen by an answer of the API. */
  async function end(index: number, type: 'Complete' | 'Failed'): Promise<void> {
    const conditions = [
      { type, status: 'True', reason: 'x', message: 'why', lastTransitionTime: '2026-11-23T06:00:09Z' },
    ];
    const answer = await stub.client.request<RawJob>({
      method: 'PATCH',
      path: jobPath(index),
      body: { status: { conditions } },
    });
    cache.applyJob(answer.body);
  }

  it('finishes a submission that was cut off, but gives its caller time to', async () => {
    await begun();
    run();
    await eventually(() => api.names(PATHS.jobs).length === 2);
    expect(nowMs - T0).to.be.at.least(10_000);
    expect(api.names(PATHS.services)).to.deep.equal(['task-abc12345']);
  });

  it('suspends the Jobs of a stop that was cut off', async () => {
    await launcher.launch(REQUEST, stop.signal);
    const mark = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };
    await stub.client.request({ method: 'PATCH', path: RECORD, body: stopPatch(mark) });
    run();
    const suspended = (index: number): boolean =>
      (api.objects.get(jobPath(index)) as unknown as RawJob | undefined)?.spec?.suspend === true;
    await eventually(() => suspended(0) && suspended(1));
  });

  it('writes down how nodes ended, several together, and that all Jobs have existed', async () => {
    await launcher.launch(REQUEST, stop.signal);
    run();
    await cache.ready(stop.signal);
    await end(0, 'Complete');
    await end(1, 'Failed');
    const before = patches();
    await eventually(() => record()?.data?.['result-1'] !== undefined);
    expect(JSON.parse(record()?.data?.['result-0'] ?? '')).to.include({ state: 'COMPLETED' });
    expect(JSON.parse(record()?.data?.['result-1'] ?? '')).to.include({ state: 'FAILED', message: 'why' });
    expect(record()?.data?.['launched']).to.equal('true');
    expect(patches() - before, 'writes').to.equal(1);
  });

  it('writes down that all Jobs have existed although none has ended', async () => {
    await launcher.launch(REQUEST, stop.signal);
    run();
    await eventually(() => record()?.data?.['launched'] === 'true');
  });

  it('leaves a task alone that needs nothing', async () => {
    await launcher.launch(REQUEST, stop.signal);
    const data = { launched: 'true' };
    const answer = await stub.client.request<RawConfigMap>({ method: 'PATCH', path: RECORD, body: { data } });
    cache.applyRecord(answer.body);
    const before = patches();
    run();
    await cache.ready(stop.signal);
    await end(0, 'Complete');
    await eventually(() => record()?.data?.['result-0'] !== undefined);
    expect(patches() - before, 'the test’s own write and one more').to.equal(2);
  });
});
