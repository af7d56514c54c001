import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { ClusterEvent, LaunchRequest } from '../../../../../server/domain/ports.js';
import { TaskCache } from '../../../../../server/kubernetes/cache/cache.js';
import { Launcher } from '../../../../../server/kubernetes/launch/launcher.js';
import type { RawConfigMap, RawJob, RawPod } from '../../../../../server/kubernetes/objects.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { Reconciler } from '../../../../../server/kubernetes/chores/reconcile.js';
import { attemptPatch, parseRecord, recordObject, stopPatch } from '../../../../../server/kubernetes/record.js';
import { eventually } from '../../../../support/server/eventually.js';
import { json, KubeStub, refuse, type SeenRequest } from '../../../../support/server/kube-stub.js';
import { MemoryApi } from '../../../../support/server/memory-api.js';
import { rawPod } from '../../../../support/server/raw.js';
import { ANYWHERE, NO_SECRETS, spec } from '../../../../support/server/specs.js';
import { T0 } from '../../../../support/server/views.js';

const PATHS = pathsOf('default');
const REQUEST: LaunchRequest = {
  id: 'abc12345',
  user: 'ann',
  name: 'demo',
  spec: spec({ numNodes: 2 }),
  secrets: NO_SECRETS,
  mounts: [],
  placement: ANYWHERE,
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
  let uses: {
    archive: { hold: () => Promise<void>; keep: () => Promise<void> };
    lastLines: { linesOf: () => Promise<string[]> };
    events: { eventsOf: () => Promise<ClusterEvent[]> };
    retainMs: number | undefined;
    podsReadyMs: number | undefined;
  };
  /** Time passes as fast as somebody waits for it. */
  let nowMs: number;
  let deadlines: { readonly atMs: number; readonly controller: AbortController }[];
  /** Whether a deadline is kept: not while a test looks at what is done meanwhile, for as long as that takes. */
  let late: boolean;
  /** Asked about every request before it is answered; true: it gets no answer from the API. */
  let intercept: (request: SeenRequest, response: ServerResponse) => boolean;
  let logged: string[];
  const time = {
    now: (): number => nowMs,
    deadline: (ms: number): AbortSignal => {
      const controller = new AbortController();
      deadlines.push({ atMs: nowMs + ms, controller });
      return controller.signal;
    },
    wait: async (ms: number, signal: AbortSignal): Promise<boolean> => {
      nowMs += ms;
      for (const { atMs, controller } of deadlines) if (late && atMs <= nowMs) controller.abort(new Error('too late'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      return !signal.aborted;
    },
  };

  beforeEach(async () => {
    api = new MemoryApi();
    deadlines = [];
    logged = [];
    late = true;
    intercept = () => false;
    uses = {
      archive: { hold: async () => {}, keep: async () => {} },
      lastLines: { linesOf: async () => ['its last words'] },
      events: { eventsOf: async () => [] },
      retainMs: undefined,
      podsReadyMs: undefined,
    };
    stub = await KubeStub.start((request, response) => {
      if (intercept(request, response)) return;
      if (request.query.has('watch')) response.writeHead(200).flushHeaders();
      else if (request.method === 'GET' && Object.values(PATHS).includes(request.path)) {
        const items = [...api.objects].filter(([path]) => path.startsWith(`${request.path}/`)).map(([, own]) => own);
        json(response, { metadata: { resourceVersion: '900' }, items });
      } else api.answer(request, response);
    });
    cache = new TaskCache(stub.client, PATHS, () => nowMs);
    launcher = new Launcher(stub.client, PATHS, cache, 'test-cluster');
    stop = new AbortController();
    nowMs = T0;
    reconciler = new Reconciler(stub.client, PATHS, cache, launcher, (message) => logged.push(message), time);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await stub.stop();
  });

  function run(): void {
    running = Promise.all([cache.run(stop.signal), reconciler.run(uses, stop.signal)]);
  }

  /** A submission that was cut off behind its record. */
  async function begun(): Promise<void> {
    await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(REQUEST) });
  }

  const record = (): RawConfigMap | undefined => api.objects.get(RECORD);
  const suspended = (index: number): boolean =>
    (api.objects.get(jobPath(index)) as unknown as RawJob | undefined)?.spec?.suspend === true;
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

  function endedPod(index: number, exitCode: number): RawPod {
    const body = rawPod({ id: 'abc12345', index, phase: 'Failed', revision: 950 });
    const terminated = { exitCode, reason: 'Error', finishedAt: '2026-11-23T06:00:05Z' };
    return { ...body, status: { ...body.status, containerStatuses: [{ name: 'task', state: { terminated } }] } };
  }

  /** Has waited on its machine for so long before T0 that it may never start, and does not say why. */
  function longWaitingPod(index: number): RawPod {
    const pod = rawPod({ id: 'abc12345', index, revision: 950 });
    const waiting = { name: 'task', state: { waiting: { reason: 'ContainerCreating' } } };
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-23T05:55:30Z' };
    return { ...pod, status: { ...pod.status, conditions: [scheduled], containerStatuses: [waiting] } };
  }

  it('finishes a submission that was cut off, but gives its caller time to', async () => {
    await begun();
    run();
    await eventually(() => api.names(PATHS.jobs).length === 2);
    expect(nowMs - T0).to.be.within(10_000, 30_000);
    expect(api.names(PATHS.services)).to.deep.equal(['task-abc12345']);
  });

  it('suspends the Jobs of a stop that was cut off', async () => {
    await launcher.launch(REQUEST, stop.signal);
    const mark = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };
    await stub.client.request({ method: 'PATCH', path: RECORD, body: stopPatch(mark) });
    run();
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

  it('asks for a pod that was not seen before it writes down how its node ended', async () => {
    await launcher.launch(REQUEST, stop.signal);
    run();
    await cache.ready(stop.signal);
    const pod = endedPod(1, 7);
    api.objects.set(`${PATHS.pods}/${pod.metadata.name}`, pod as never);
    await end(0, 'Complete');
    await end(1, 'Failed');
    await eventually(() => record()?.data?.['result-1'] !== undefined);
    expect(JSON.parse(record()?.data?.['result-1'] ?? '')).to.include({ state: 'FAILED', exitCode: 7 });
  });

  it('ends the other nodes of a failed one once, and holds their logs before', async () => {
    await launcher.launch(REQUEST, stop.signal);
    const steps: string[] = [];
    intercept = ({ method, path }) => {
      if (method === 'PATCH') steps.push(path.split('/').at(-1) ?? '');
      return false;
    };
    uses.archive.hold = async () => {
      steps.push('held');
    };
    run();
    await cache.ready(stop.signal);
    await end(1, 'Failed');
    await eventually(() => record()?.data?.['halt'] !== undefined && suspended(0));
    expect(JSON.parse(record()?.data?.['halt'] ?? '')).to.deep.include({ blamed: [1], reason: '' });
    expect(suspended(1)).to.equal(false);
    expect(steps.indexOf('held')).to.be.within(0, steps.indexOf('demo-abc12345-node-0'));
    await eventually(() => record()?.data?.['result-0'] !== undefined);
    expect(JSON.parse(record()?.data?.['result-0'] ?? '')).to.include({ state: 'STOPPED', reason: 'PeerFailed' });
  });

  it('asks for a pod that was not seen before it blames a node: only pods tell exactly who was first', async () => {
    await launcher.launch({ ...REQUEST, spec: spec({ numNodes: 3 }) }, stop.signal);
    running = cache.run(stop.signal);
    await cache.ready(stop.signal);
    cache.applyPod(endedPod(0, 3));
    const unseen = endedPod(1, 7);
    const state = { terminated: { exitCode: 7, reason: 'Error', finishedAt: '2026-11-23T06:00:04Z' } };
    const status = { ...unseen.status, containerStatuses: [{ name: 'task', state }] };
    api.objects.set(`${PATHS.pods}/${unseen.metadata.name}`, { ...unseen, status } as never);
    await end(0, 'Failed');
    await end(1, 'Failed');
    running = Promise.all([running, reconciler.run(uses, stop.signal)]);
    await eventually(() => record()?.data?.['halt'] !== undefined);
    expect(JSON.parse(record()?.data?.['halt'] ?? '')).to.deep.include({ blamed: [1, 0], reason: '' });
  });

  it('looks again at events of a node that waits for long, until they say that it will never start', async () => {
    await launcher.launch(REQUEST, stop.signal);
    const missing = 'MountVolume.SetUp failed for volume "secret-0" : secret "keys" not found';
    const looks: number[] = [];
    uses.events.eventsOf = async () => {
      looks.push(nowMs);
      return looks.length < 2 ? [] : [{ reason: 'FailedMount', message: missing, warning: true, timeMs: nowMs }];
    };
    run();
    await cache.ready(stop.signal);
    cache.applyPod(rawPod({ id: 'abc12345', index: 0, phase: 'Running', revision: 950 }));
    cache.applyPod(longWaitingPod(1));
    await eventually(() => record()?.data?.['halt'] !== undefined);
    expect(JSON.parse(record()?.data?.['halt'] ?? '')).to.deep.include({
      blamed: [1],
      reason: 'FailedMount',
      message: missing,
    });
    const [first = 0, second = 0] = looks.map((atMs) => (atMs - T0) / 1000);
    expect(looks).to.have.length(2);
    expect(first).to.be.within(30, 46);
    expect(second - first).to.be.within(60, 61);
  });

  it('writes down how a node ended beside one that waits for long, which it goes on to look at', async () => {
    await launcher.launch(REQUEST, stop.signal);
    late = false;
    let looks = 0;
    uses.events.eventsOf = async () => {
      looks += 1;
      return [];
    };
    run();
    await cache.ready(stop.signal);
    cache.applyPod(longWaitingPod(1));
    await eventually(() => looks > 0);
    const before = looks;
    await end(0, 'Complete');
    await eventually(() => record()?.data?.['result-0'] !== undefined || looks > before + 5);
    expect(JSON.parse(record()?.data?.['result-0'] ?? '{}')).to.include({ state: 'COMPLETED' });
    const after = looks;
    await eventually(() => looks > after + 1);
  });

  describe('when something more urgent is noticed during a chore', () => {
    /** Resolves when what has changed by now was noticed. */
    async function noticed(): Promise<void> {
      const untilMs = nowMs + 1000;
      await eventually(() => nowMs > untilMs);
    }

    it('does it before it tries again what failed', async () => {
      await launcher.launch(REQUEST, stop.signal);
      late = false;
      let failures = 0;
      let failedMs = 0;
      intercept = ({ method, path, body }, response) => {
        if (method !== 'PATCH' || path !== RECORD || JSON.stringify(body).includes('halt')) return false;
        failures += 1;
        const refused = failures < 5 ? Promise.resolve() : end(1, 'Failed').then(noticed);
        void refused.then(() => {
          failedMs = nowMs;
          refuse(response, 403, 'Forbidden', 'not now');
        });
        return true;
      };
      run();
      await eventually(() => record()?.data?.['halt'] !== undefined);
      expect(nowMs - failedMs, 'of 80 s until the next try').to.be.below(60_000);
    });

    const stopped = async (): Promise<void> => {
      const body = stopPatch({ user: 'ann', timeMs: nowMs, reason: '', startedAtMs: {} });
      cache.applyRecord((await stub.client.request<RawConfigMap>({ method: 'PATCH', path: RECORD, body })).body);
    };
    for (const [title, change] of [
      ['a stop that was cut off', stopped],
      ['the failure of a node', () => end(0, 'Failed')],
    ] as const) {
      it(`does it before it looks again at a node that waits for long: ${title}`, async () => {
        await launcher.launch(REQUEST, stop.signal);
        late = false;
        let lookedMs = 0;
        uses.events.eventsOf = async () => {
          if (lookedMs > 0) return [];
          await change();
          await noticed();
          lookedMs = nowMs;
          return [];
        };
        run();
        await cache.ready(stop.signal);
        cache.applyPod(longWaitingPod(1));
        await eventually(() => suspended(1));
        expect(nowMs - lookedMs, 'of 60 s until the next look').to.be.below(50_000);
      });
    }
  });

  it('begins another attempt once, when logs are kept, with Jobs of its own', async () => {
    const recovery = { maxRestartsOnErrors: 1, recoverOnExitCodes: [] };
    const resources = { ...REQUEST.spec.resources, recovery };
    await launcher.launch({ ...REQUEST, spec: { ...REQUEST.spec, resources } }, stop.signal);
    const steps: string[] = [];
    uses.archive.keep = async () => {
      steps.push('kept');
    };
    intercept = ({ method, path, body }) => {
      if (method === 'POST' && path === PATHS.jobs) steps.push((body as RawJob).metadata.name);
      return false;
    };
    run();
    await cache.ready(stop.signal);
    cache.applyPod(endedPod(1, 3));
    await end(1, 'Failed');
    await eventually(() => api.names(PATHS.jobs).length === 4);
    expect(steps).to.have.members(['kept', 'demo-abc12345-node-0-r1', 'demo-abc12345-node-1-r1']);
    expect(steps[0]).to.equal('kept');
    const { attempt = '', halt, launched } = record()?.data ?? {};
    expect(JSON.parse(attempt)).to.deep.nested.include({ number: 1, 'past[0].node': 1, 'past[0].exitCode': 3 });
    expect(halt).to.equal(undefined);
    await eventually(() => record()?.data?.['launched'] === 'true');
    expect(launched === 'true' || launched === undefined).to.equal(true);
    expect(cache.peek('abc12345')?.nodes.map(({ job }) => job?.attempt)).to.deep.equal([1, 1]);
  });

  it('deletes a task when its time to be kept is over, and not before it is written down how it ended', async () => {
    uses.retainMs = 3_600_000;
    await launcher.launch(REQUEST, stop.signal);
    const deleted: string[] = [];
    intercept = ({ method, path }) => {
      if (method !== 'DELETE') return false;
      expect(record()?.data).to.include.keys('result-0', 'result-1');
      deleted.push(path);
      return false;
    };
    run();
    await cache.ready(stop.signal);
    await end(0, 'Complete');
    await end(1, 'Complete');
    await eventually(() => cache.peek('abc12345')?.record.results[1] !== undefined);
    nowMs = T0 + 9000 + 3_500_000;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(deleted).to.deep.equal([]);
    nowMs = T0 + 9000 + 3_606_000;
    await eventually(() => deleted.length > 0);
    expect(deleted).to.deep.equal([RECORD]);
  });

  it('leaves it to another server that was first', async () => {
    await launcher.launch(REQUEST, stop.signal);
    const tried: unknown[] = [];
    intercept = ({ method, path, body }, response) => {
      if (method !== 'PATCH' || path !== RECORD || !JSON.stringify(body).includes('halt')) return false;
      tried.push(body);
      refuse(response, 409, 'Conflict', 'the object has been modified');
      return true;
    };
    run();
    await cache.ready(stop.signal);
    const { resourceVersion } = record()?.metadata ?? { resourceVersion: '' };
    await end(1, 'Failed');
    await eventually(() => tried.length > 0);
    expect(tried[0]).to.deep.include({ metadata: { resourceVersion } });
    expect(suspended(0)).to.equal(false);
  });

  it('writes nothing of one attempt into the next one, which another server began meanwhile', async () => {
    await launcher.launch({ ...REQUEST, spec: spec({ numNodes: 2, failFast: false }) }, stop.signal);
    let begin = (): void => {};
    const others = new Promise<void>((resolve) => (begin = resolve));
    let asked = 0;
    uses.lastLines.linesOf = async () => {
      asked += 1;
      if (asked === 1) await others;
      return [];
    };
    const answers: number[] = [];
    intercept = ({ method, path }, response) => {
      if (method === 'PATCH' && path === RECORD) response.on('finish', () => answers.push(response.statusCode));
      return false;
    };
    late = false;
    run();
    await cache.ready(stop.signal);
    cache.applyPod(endedPod(0, 3));
    await end(0, 'Failed');
    await eventually(() => asked === 1);
    const before = parseRecord(record() as RawConfigMap);
    if (!before) throw new Error('a record was expected');
    const cause = { node: 0, reason: 'Error', message: '', exitCode: 3 };
    const body = attemptPatch(before, { ...cause, counts: true, startedAtMs: T0, finishedAtMs: T0 });
    await stub.client.request({ method: 'PATCH', path: RECORD, body });
    begin();
    await eventually(() => answers.length === 2);
    expect(record()?.data).not.to.have.any.keys('result-0', 'launched');
    expect(answers).to.deep.equal([200, 409]);
  });

  it('writes down how a node ended when it has looked again at a record that changed meanwhile', async () => {
    await launcher.launch(REQUEST, stop.signal);
    let changes = 0;
    uses.lastLines.linesOf = async () => {
      changes += 1;
      if (changes > 3) return ['its last words'];
      const body = { metadata: { annotations: { changes: String(changes) } } };
      const answer = await stub.client.request<RawConfigMap>({ method: 'PATCH', path: RECORD, body });
      setTimeout(() => cache.applyRecord(answer.body), 20);
      return [];
    };
    run();
    await cache.ready(stop.signal);
    cache.applyPod(endedPod(1, 3));
    await end(1, 'Failed');
    await eventually(() => record()?.data?.['result-1'] !== undefined);
    expect(JSON.parse(record()?.data?.['result-1'] ?? '')).to.deep.include({ lines: ['its last words'] });
    expect(changes).to.be.at.least(4);
    expect(logged, 'failures').to.deep.equal([]);
  });

  it('writes down that all Jobs have existed although none has ended', async () => {
    await launcher.launch(REQUEST, stop.signal);
    run();
    await eventually(() => record()?.data?.['launched'] === 'true');
  });

  it('does not make a Job again that somebody deletes before that is written down', async () => {
    await launcher.launch(REQUEST, stop.signal);
    api.objects.delete(jobPath(0));
    intercept = (request, response) => {
      if (request.method !== 'GET' || request.path !== PATHS.jobs || request.query.has('watch')) return false;
      json(response, { metadata: { resourceVersion: '9000' }, items: [api.objects.get(jobPath(1))] });
      return true;
    };
    run();
    await eventually(() => record()?.data?.['result-0'] !== undefined);
    expect(JSON.parse(record()?.data?.['result-0'] ?? '')).to.include({ state: 'FAILED', podName: '' });
    expect(record()?.data?.['launched']).to.equal('true');
    expect(api.names(PATHS.jobs)).to.have.length(1);
  });

  it('does other chores while the API server does not answer to one, and gives that one up in the end', async () => {
    const other = { ...REQUEST, id: 'other000' };
    await launcher.launch(REQUEST, stop.signal);
    await launcher.launch(other, stop.signal);
    const held: number[] = [];
    intercept = ({ method, path }) => {
      const hold = method === 'PATCH' && path === RECORD && held.length < 1;
      if (hold) held.push(nowMs);
      return hold;
    };
    late = false;
    run();
    const launched = (id: string): boolean =>
      (api.objects.get(`${PATHS.configMaps}/task-${id}`) as unknown as RawConfigMap).data?.['launched'] === 'true';
    await eventually(() => launched('other000') && held.length === 1);
    expect(launched('abc12345')).to.equal(false);
    late = true;
    await eventually(() => launched('abc12345'));
    expect(nowMs - (held[0] ?? 0)).to.be.at.least(60_000);
  });

  it('tries what has failed again, later each time, however often its task changes meanwhile', async () => {
    await begun();
    const tries: number[] = [];
    intercept = ({ method, path }, response) => {
      if (method !== 'GET' || path !== RECORD) return false;
      tries.push(nowMs);
      refuse(response, 403, 'Forbidden', 'not now');
      return true;
    };
    run();
    await cache.ready(stop.signal);
    let revision = 2_000_000;
    await eventually(() => {
      const raw = api.objects.get(RECORD) as unknown as RawConfigMap;
      cache.applyRecord({ ...raw, metadata: { ...raw.metadata, resourceVersion: String((revision += 1)) } });
      return tries.length === 4;
    });
    const waits = tries.slice(1).map((atMs, index) => atMs - (tries[index] ?? 0));
    for (const [index, leastMs] of [5000, 10_000, 20_000].entries()) {
      expect(waits[index], `wait ${index}`).to.be.within(leastMs, leastMs * 1.5 + 1000);
    }
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
