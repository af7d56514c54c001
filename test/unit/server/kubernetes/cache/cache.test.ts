import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { TaskCache } from '../../../../../server/kubernetes/cache/cache.js';
import type { RawConfigMap, RawJob, RawPod } from '../../../../../server/kubernetes/objects.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import type { RawObject } from '../../../../../server/kubernetes/objects.js';
import { eventually } from '../../../../support/server/eventually.js';
import { failureOf } from '../../../../support/server/failure.js';
import { event, json, KubeStub, refuse } from '../../../../support/server/kube-stub.js';
import { rawJob, rawPod, rawRecord } from '../../../../support/server/raw.js';

const PATHS = pathsOf('default');
type Kind = 'configMaps' | 'jobs' | 'pods';

describe('TaskCache', () => {
  const { signal } = new AbortController();
  let stub: KubeStub;
  let stop: AbortController;
  let cache: TaskCache;
  let running: Promise<void>;
  /** What lists show, and the open watches, by collection. */
  let shown: Record<Kind, RawObject[]>;
  let watches: Map<Kind, ServerResponse>;
  /** Objects that only a GET by name finds. */
  let single: Map<string, RawObject>;
  let revision: number;
  /** Whether everything is refused. */
  let away: boolean;

  beforeEach(async () => {
    shown = { configMaps: [], jobs: [], pods: [] };
    watches = new Map();
    single = new Map();
    revision = 100;
    away = false;
    stub = await KubeStub.start((request, response) => {
      const kind = (['configMaps', 'jobs', 'pods'] as const).find((key) => PATHS[key] === request.path);
      const found = single.get(request.path.split('/').at(-1) ?? '');
      if (away) refuse(response, 503, 'ServiceUnavailable', 'not now');
      else if (!kind) {
        if (found) json(response, found);
        else refuse(response, 404, 'NotFound', 'not found');
      } else if (request.query.has('watch')) {
        response.writeHead(200);
        response.flushHeaders();
        watches.set(kind, response);
      } else json(response, { metadata: { resourceVersion: String(revision) }, items: shown[kind] });
    });
    stop = new AbortController();
    cache = new TaskCache(stub.client, PATHS);
  });

  afterEach(async () => {
    stop.abort();
    await running;
    await stub.stop();
  });

  async function start(): Promise<void> {
    running = cache.run(stop.signal);
    await cache.ready(signal);
    await eventually(() => watches.size === 3);
  }

  async function tell(kind: Kind, type: string, object: RawObject): Promise<void> {
    const response = watches.get(kind);
    if (!response) throw new Error(`nobody watches ${kind}`);
    event(response, type, object);
    await eventually(() => true);
  }

  /** Has a collection listed anew. */
  async function expire(kind: Kind, items: RawObject[], atRevision: number): Promise<void> {
    shown[kind] = items;
    revision = atRevision;
    const before = watches.get(kind);
    await tell(kind, 'ERROR', { code: 410, reason: 'Expired' } as unknown as RawObject);
    await eventually(() => watches.get(kind) !== before);
  }

  const ids = (user?: string): string[] => [...cache.list(user, undefined)].map(({ record }) => record.id);

  it('asks for the pods of a task that no watch has told of yet', async () => {
    shown.configMaps = [rawRecord({ id: 'abc12345' })];
    await start();
    shown.pods = [rawPod({ id: 'abc12345', index: 0 })];
    await cache.findPods('abc12345', signal);
    const pod = cache.peek('abc12345')?.nodes[0]?.pod;
    expect(pod).not.to.equal(undefined);
    expect(cache.pod('abc12345', pod?.uid ?? '')).to.equal(pod);
    const [asked] = stub.requests.slice(-1);
    expect(asked?.query.get('labelSelector')).to.equal('skypilot-task=true,task-id=abc12345');
  });

  it('puts records, Jobs and pods together by task', async () => {
    shown.configMaps = [rawRecord({ id: 'abc12345', nodes: 2 })];
    shown.jobs = [rawJob({ id: 'abc12345', nodes: 2, index: 1 }), rawJob({ id: 'abc12345', nodes: 2, index: 0 })];
    shown.pods = [rawPod({ id: 'abc12345', index: 1, phase: 'Running' })];
    await start();
    const view = await cache.get('abc12345', signal);
    expect(view?.record).to.include({ user: 'ann', name: 'demo', numNodes: 2 });
    expect(view?.nodes.map(({ job, pod, livePods }) => [job?.index, pod?.phase, livePods])).to.deep.equal([
      [0, undefined, 0],
      [1, 'Running', 1],
    ]);
  });

  it('is not ready before everything was listed once, and says why', async () => {
    await stub.stop();
    stub = await KubeStub.start((request, response) => {
      if (request.path === PATHS.pods) refuse(response, 403, 'Forbidden', 'pods is forbidden');
      else if (request.query.has('watch')) response.writeHead(200).flushHeaders();
      else json(response, { metadata: { resourceVersion: '1' }, items: [] });
    });
    cache = new TaskCache(stub.client, PATHS);
    running = cache.run(stop.signal);
    const late = new AbortController();
    const ready = cache.ready(late.signal).catch((error: unknown) => error);
    await eventually(() => cache.outage !== undefined);
    await stub.seen(5);
    expect(cache.outage?.message, 'the other watches are well').to.equal('pods is forbidden');
    late.abort(new Error('too late'));
    expect(await ready)
      .to.be.an('error')
      .with.property('message', 'too late');
  });

  it('tells since when the cluster is away, until all of it is heard again, and wakes who watches', async () => {
    shown.configMaps = [rawRecord({ id: 'abc12345' })];
    const beganMs = Date.now();
    await start();
    expect(cache.outage).to.equal(undefined);
    let woken = 0;
    let told = 0;
    cache.onChange('abc12345', () => (woken += 1), signal);
    cache.onOutage(() => (told += 1), signal);
    const open = [...watches.values()];
    away = true;
    for (const response of open) response.destroy();
    await eventually(() => woken === 1);
    const { sinceMs = 0, message } = cache.outage ?? {};
    expect(sinceMs).to.be.within(beganMs, Date.now());
    expect(message).to.contain('not now');
    away = false;
    await eventually(() => cache.outage === undefined);
    expect([woken, told]).to.deep.equal([2, 2]);
  });

  it('lists newest first, of one user or of everybody', async () => {
    shown.configMaps = [
      rawRecord({ id: 'aaaaaaaa', createdAt: '2026-11-23T06:00:00.000Z' }),
      rawRecord({ id: 'bbbbbbbb', createdAt: '2026-11-23T06:00:02.000Z' }),
      rawRecord({ id: 'cccccccc', createdAt: '2026-11-23T06:00:01.000Z', user: 'a@b' }),
      rawRecord({ id: 'dddddddd', createdAt: '2026-11-23T06:00:03.000Z', user: 'a-b' }),
    ];
    await start();
    expect(ids()).to.deep.equal(['dddddddd', 'bbbbbbbb', 'cccccccc', 'aaaaaaaa']);
    expect(ids('ann')).to.deep.equal(['bbbbbbbb', 'aaaaaaaa']);
    expect(ids('a@b'), 'users are told apart by their exact names').to.deep.equal(['cccccccc']);
  });

  it('lists Jobs of other tools that have no record', async () => {
    shown.jobs = [rawJob({ id: 'from-outside', owned: false, nodes: 2, index: 0, user: 'eve' })];
    await start();
    const [view] = cache.list('eve', undefined);
    expect(view?.record).to.include({ id: 'from-outside', uid: undefined, user: 'eve', numNodes: 2, launched: true });
  });

  it('knows before it is written down that all Jobs of an attempt have existed, and of the next one that they have not', async () => {
    const launched = (): unknown => {
      const { launched, launchNoted } = cache.peek('abc12345')?.record ?? {};
      return { launched, launchNoted };
    };
    await start();
    await tell('configMaps', 'ADDED', rawRecord({ id: 'abc12345', nodes: 2, revision: 109 }));
    await tell('jobs', 'ADDED', rawJob({ id: 'abc12345', nodes: 2, index: 0, revision: 110 }));
    await eventually(() => cache.peek('abc12345')?.nodes[0]?.job !== undefined);
    expect(launched()).to.deep.equal({ launched: false, launchNoted: false });
    await tell('jobs', 'ADDED', rawJob({ id: 'abc12345', nodes: 2, index: 1, revision: 111 }));
    await tell('jobs', 'DELETED', rawJob({ id: 'abc12345', nodes: 2, index: 1, revision: 112 }));
    await tell('configMaps', 'MODIFIED', rawRecord({ id: 'abc12345', nodes: 2, revision: 113 }));
    await eventually(() => cache.peek('abc12345')?.record.revision === '113');
    expect(launched(), 'what was there and is gone was deleted').to.deep.equal({ launched: true, launchNoted: false });
    const attempt = JSON.stringify({ number: 1, past: [] });
    await tell('configMaps', 'MODIFIED', rawRecord({ id: 'abc12345', nodes: 2, revision: 114, data: { attempt } }));
    await eventually(() => cache.peek('abc12345')?.record.revision === '114');
    expect(launched()).to.deep.equal({ launched: false, launchNoted: false });
  });

  it('takes nothing of a deleted task for part of the next one with its id', () => {
    const task = { id: 'abc12345', nodes: 2 };
    const raw = [0, 1].map((index) => rawJob({ ...task, index }));
    const podOf = (index: number, jobUid: string, uid: string): RawPod => {
      const pod = rawPod({ ...task, index, uid, phase: 'Running', revision: 11 });
      const ownerReferences = [{ kind: 'Job', name: 'demo', uid: jobUid }];
      return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
    };
    cache.applyRecord(rawRecord(task));
    for (const job of raw) cache.applyJob(job);
    for (const index of [0, 1]) cache.applyPod(podOf(index, `job-abc12345-${index}`, `old-${index}`));
    expect(cache.peek('abc12345')?.record.launched).to.equal(true);

    cache.forgetRecord('abc12345', 'record-abc12345');
    const record = rawRecord({ ...task, revision: 200 });
    cache.applyRecord({ ...record, metadata: { ...record.metadata, uid: 'record-new' } });
    const { nodes = [], record: { launched } = {} } = cache.peek('abc12345') ?? {};
    expect([launched, nodes.map(({ job }) => job)], 'the old Jobs are not its own').to.deep.equal([
      false,
      [undefined, undefined],
    ]);
    const ownerReferences = [{ kind: 'ConfigMap', name: 'task-abc12345', uid: 'record-new' }];
    for (const { metadata, ...job } of raw)
      cache.applyJob({ ...job, metadata: { ...metadata, uid: `${metadata.uid}-new`, ownerReferences } });
    cache.applyPod(podOf(1, 'job-abc12345-1-new', 'new-1'));
    const seen = cache.peek('abc12345');
    expect(seen?.record.launched).to.equal(true);
    expect(seen?.nodes.map(({ pod, livePods }) => [pod?.uid, livePods])).to.deep.equal([
      [undefined, 0],
      ['new-1', 1],
    ]);
  });

  describe('between the record and the Job of the next task with an id', () => {
    const task = { id: 'abc12345' };
    const recordOf = (uid: string, seen: number): RawConfigMap => {
      const { metadata, ...record } = rawRecord({ ...task, revision: seen });
      return { ...record, metadata: { ...metadata, uid } };
    };
    const podOf = (jobUid: string, uid: string): RawPod => {
      const pod = rawPod({ ...task, uid, phase: 'Running', revision: 11 });
      const ownerReferences = [{ kind: 'Job', name: 'demo', uid: jobUid }];
      return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
    };
    const pods = (): unknown[] | undefined =>
      cache.peek('abc12345')?.nodes.map(({ pod, gone }) => [pod?.uid, gone?.uid]);
    const end = async (kind: Kind, object: RawObject): Promise<void> => {
      const before = changes;
      await tell(kind, 'DELETED', object);
      await eventually(() => changes > before);
    };
    const endRecord = (): Promise<void> => end('configMaps', rawRecord({ ...task, revision: 150 }));
    const endJob = (): Promise<void> => end('jobs', rawJob({ ...task, revision: 150 }));
    let changes: number;

    beforeEach(async () => {
      changes = 0;
      cache.onChange('abc12345', () => (changes += 1), signal);
      shown.configMaps = [rawRecord(task)];
      shown.jobs = [rawJob(task)];
      shown.pods = [podOf('job-abc12345-0', 'old')];
      await start();
      expect(pods()).to.deep.equal([['old', undefined]]);
    });

    for (const [title, steps] of [
      ['whose Job is still there', [endRecord]],
      ['whose Job went after its record', [endRecord, endJob]],
      ['whose Job went before its record', [endJob, endRecord]],
    ] as const) {
      it(`counts no pod of the one before ${title}`, async () => {
        for (const step of steps) await step();
        cache.applyRecord(recordOf('record-new', 200));
        expect(pods()).to.deep.equal([[undefined, undefined]]);
        await end('pods', podOf('job-abc12345-0', 'old'));
        cache.applyPod(podOf('job-new', 'new'));
        expect(pods(), 'its own may be seen before its Job').to.deep.equal([['new', undefined]]);
      });
    }

    it('counts no pod of the one before whose Job went while nobody watched', async () => {
      await expire('jobs', [], 200);
      await expire('configMaps', [recordOf('record-new', 190)], 200);
      expect(pods()).to.deep.equal([[undefined, undefined]]);
    });

    it('still counts the pod of a task of which somebody has deleted the Job', async () => {
      await endJob();
      expect(cache.peek('abc12345')?.nodes[0]?.job).to.equal(undefined);
      expect(pods()).to.deep.equal([['old', undefined]]);
    });
  });

  it('does not take a Job of another tool for deleted that may still be made', async () => {
    const foreign = { id: 'from-outside', owned: false, nodes: 2, user: 'eve' };
    const createdAt = new Date().toISOString();
    const launched = (): boolean | undefined => cache.peek('from-outside')?.record.launched;
    await start();
    await tell('jobs', 'ADDED', rawJob({ ...foreign, index: 0, createdAt, revision: 110 }));
    await eventually(() => launched() !== undefined);
    expect(launched(), 'the second Job is missing, and was never there').to.equal(false);
    await tell('jobs', 'ADDED', rawJob({ ...foreign, index: 1, createdAt, revision: 111 }));
    await eventually(() => launched() === true);
    await tell('jobs', 'DELETED', rawJob({ ...foreign, index: 1, createdAt, revision: 112 }));
    await eventually(() => cache.peek('from-outside')?.nodes[1]?.job === undefined);
    expect(launched(), 'what was there and is gone was deleted').to.equal(true);
  });

  it('does not wait for ever for a Job that another tool never makes', async () => {
    let nowMs = Date.now();
    cache = new TaskCache(stub.client, PATHS, () => nowMs);
    const createdAt = new Date(nowMs).toISOString();
    shown.jobs = [rawJob({ id: 'from-outside', owned: false, nodes: 2, user: 'eve', createdAt })];
    await start();
    expect(cache.peek('from-outside')?.record.launched).to.equal(false);
    nowMs += 61_000;
    expect(cache.peek('from-outside')?.record.launched, 'although nothing has changed').to.equal(true);
  });

  it('does not list a Job whose record is gone: it goes too', async () => {
    shown.jobs = [rawJob({ id: 'abc12345' })];
    await start();
    expect(ids()).to.deep.equal([]);
  });

  for (const id of ['error', 'newListener', '__proto__', 'constructor']) {
    it(`lives with a Job whose task is called ${id}`, async () => {
      shown.jobs = [rawJob({ id, owned: false, user: 'eve' })];
      await start();
      expect(ids()).to.deep.equal([id]);
      let calls = 0;
      cache.onChange(id, () => (calls += 1), stop.signal);
      await tell('jobs', 'MODIFIED', rawJob({ id, owned: false, user: 'eve', revision: 101 }));
      await eventually(() => calls === 1);
    });
  }

  it('does not make room for as many nodes as somebody claims', async () => {
    const claims = { 'num-nodes': '2000000000' };
    const job = rawJob({ id: 'huge', owned: false, user: 'eve' });
    shown.jobs = [
      { ...job, metadata: { ...job.metadata, annotations: { ...job.metadata.annotations, ...claims } } },
      rawJob({ id: 'far', owned: false, user: 'eve', index: 1_900_000_000 }),
    ];
    shown.configMaps = [rawRecord({ id: 'abc12345', nodes: 2_000_000_000 })];
    await start();
    for (const view of cache.list(undefined, undefined)) expect(view.nodes.length).to.be.at.most(1000);
  });

  it('takes an answer to a write in, and is not set back by older news', async () => {
    await start();
    cache.applyRecord(rawRecord({ id: 'abc12345', revision: 120 }));
    cache.applyJob(rawJob({ id: 'abc12345', revision: 130, suspend: true }));
    await tell('jobs', 'MODIFIED', rawJob({ id: 'abc12345', revision: 125 }));
    await tell('configMaps', 'ADDED', rawRecord({ id: 'other000', revision: 126 }));
    await eventually(() => ids().includes('other000'));
    expect(cache.peek('abc12345')?.nodes[0]?.job?.suspended).to.equal(true);
  });

  it('does not let a late answer bring back what was deleted', async () => {
    shown.configMaps = [rawRecord({ id: 'abc12345' })];
    shown.jobs = [rawJob({ id: 'abc12345' })];
    await start();
    await tell('jobs', 'DELETED', rawJob({ id: 'abc12345', revision: 110 }));
    await tell('configMaps', 'DELETED', rawRecord({ id: 'abc12345', revision: 111 }));
    await eventually(() => ids().length === 0);
    cache.applyJob(rawJob({ id: 'abc12345', revision: 109 }));
    cache.applyRecord(rawRecord({ id: 'abc12345', revision: 109 }));
    expect(ids()).to.deep.equal([]);
  });

  it('forgets after a gap what is gone, and does not let a late answer bring it back', async () => {
    shown.configMaps = [rawRecord({ id: 'aaaaaaaa' }), rawRecord({ id: 'bbbbbbbb' })];
    await start();
    await expire('configMaps', [rawRecord({ id: 'bbbbbbbb' })], 200);
    expect(ids()).to.deep.equal(['bbbbbbbb']);
    cache.applyRecord(rawRecord({ id: 'aaaaaaaa', revision: 150 }));
    expect(ids()).to.deep.equal(['bbbbbbbb']);
  });

  it('keeps what was made after the list was taken', async () => {
    await start();
    cache.applyRecord(rawRecord({ id: 'abc12345', revision: 205 }));
    cache.applyJob(rawJob({ id: 'abc12345', revision: 206 }));
    let changes = 0;
    cache.onChange('abc12345', () => (changes += 1), stop.signal);
    await expire('configMaps', [], 200);
    await expire('jobs', [], 200);
    expect(ids()).to.deep.equal(['abc12345']);
    expect(cache.peek('abc12345')?.nodes[0]?.job).not.to.equal(undefined);
    expect(changes).to.equal(0);
  });

  it('asks the cluster for a task that is not known here yet', async () => {
    await start();
    single.set('task-abc12345', rawRecord({ id: 'abc12345', revision: 150 }));
    expect((await cache.get('abc12345', signal))?.record.name).to.equal('demo');
    expect(await cache.get('nope0000', signal)).to.equal(undefined);
    const before = stub.requests.length;
    expect(await cache.get('../../secrets/x', signal)).to.equal(undefined);
    expect(stub.requests.length, 'an id that is none is not asked for').to.equal(before);
  });

  it('says that the cluster cannot be reached rather than that a task is not there', async () => {
    await start();
    const away = new TaskCache(
      { ...stub.client, request: (request) => stub.client.request({ ...request, retry: false }) },
      { ...PATHS, configMaps: '/broken' },
    );
    await stub.stop();
    expect((await failureOf(() => away.get('abc12345', signal))).reason).to.equal('CLUSTER_UNAVAILABLE');
  });

  it('tells of changes of one task until the signal is aborted', async () => {
    await start();
    const gone = new AbortController();
    let calls = 0;
    cache.onChange('abc12345', () => (calls += 1), gone.signal);
    cache.applyRecord(rawRecord({ id: 'abc12345', revision: 120 }));
    cache.applyRecord(rawRecord({ id: 'other000', revision: 121 }));
    expect(calls).to.equal(1);
    gone.abort();
    cache.applyRecord(rawRecord({ id: 'abc12345', revision: 122 }));
    expect(calls).to.equal(1);
  });

  it('tells which task changes, comes or goes until the signal is aborted', async () => {
    await start();
    const gone = new AbortController();
    const seen: string[] = [];
    cache.onAnyChange((taskId) => seen.push(`${taskId} ${cache.peek(taskId) ? 'is there' : 'is gone'}`), gone.signal);
    const raw = rawRecord({ id: 'abc12345', revision: 120 });
    cache.applyRecord(raw);
    cache.forgetRecord('abc12345', raw.metadata.uid);
    expect(seen.splice(0)).to.deep.equal(['abc12345 is there', 'abc12345 is gone']);
    gone.abort();
    cache.applyRecord(rawRecord({ id: 'other000', revision: 121 }));
    expect(seen).to.deep.equal([]);
  });

  it('shows the newest pod that is not on its way out', async () => {
    const at = (seconds: number): string => `2026-11-23T06:00:0${seconds}Z`;
    shown.configMaps = [rawRecord({ id: 'abc12345' })];
    shown.jobs = [rawJob({ id: 'abc12345' })];
    shown.pods = [
      rawPod({ id: 'abc12345', uid: 'old', createdAt: at(1), phase: 'Failed' }),
      rawPod({ id: 'abc12345', uid: 'new', createdAt: at(2), phase: 'Running' }),
      rawPod({ id: 'abc12345', uid: 'leaving', createdAt: at(3), phase: 'Running', deleting: true }),
    ];
    await start();
    expect(cache.peek('abc12345')?.nodes[0]).to.deep.include({ livePods: 2 });
    expect(cache.peek('abc12345')?.nodes[0]?.pod?.uid).to.equal('new');
  });

  it('shows nodes that have not changed as the same objects as before', async () => {
    shown.configMaps = [rawRecord({ id: 'abc12345', nodes: 3 })];
    shown.jobs = [0, 1, 2].map((index) => rawJob({ id: 'abc12345', nodes: 3, index }));
    await start();
    const before = cache.peek('abc12345');
    await tell('pods', 'ADDED', rawPod({ id: 'abc12345', index: 1, revision: 110 }));
    await eventually(() => cache.peek('abc12345') !== before);
    const after = cache.peek('abc12345');
    expect(after?.record).to.equal(before?.record);
    expect(after?.nodes.map((node, index) => node === before?.nodes[index])).to.deep.equal([true, false, true]);
  });

  it('remembers what was seen last of a pod that is gone, so when its container ended', async () => {
    const ended = (second: number, options: Parameters<typeof rawPod>[0]): RawPod => {
      const finishedAt = `2026-11-23T06:00:0${second}Z`;
      const state = { terminated: { exitCode: 143, finishedAt } };
      return { ...rawPod(options), status: { phase: 'Failed', containerStatuses: [{ name: 'task', state }] } };
    };
    const lastEnds = (): (number | undefined)[] =>
      (cache.peek('abc12345')?.nodes ?? []).map(({ gone }) => {
        const end = gone?.container.state === 'terminated' ? gone.container.finishedAtMs : undefined;
        return end && end % 60_000;
      });
    shown.configMaps = [rawRecord({ id: 'abc12345', nodes: 3 })];
    shown.pods = [0, 1, 2].map((index) => rawPod({ id: 'abc12345', index, phase: 'Running' }));
    await start();
    await tell('pods', 'DELETED', ended(7, { id: 'abc12345', index: 0, revision: 110 }));
    await tell('pods', 'MODIFIED', ended(8, { id: 'abc12345', index: 1, revision: 111 }));
    await expire('pods', [], 200);
    expect(lastEnds()).to.deep.equal([7000, 8000, undefined]);
  });

  it('remembers when the deletion of a pod was asked for, which Kubernetes moves when it has ended', async () => {
    const deleted = (revision: number, second: number, grace: number): RawPod => {
      const raw = rawPod({ id: 'abc12345', phase: 'Running', revision });
      const deletionTimestamp = `2026-11-23T06:00:${second}Z`;
      return { ...raw, metadata: { ...raw.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } };
    };
    shown.configMaps = [rawRecord({ id: 'abc12345' })];
    shown.pods = [rawPod({ id: 'abc12345', phase: 'Running' })];
    await start();
    await tell('pods', 'MODIFIED', deleted(110, 40, 30));
    await tell('pods', 'MODIFIED', deleted(111, 12, 0));
    const asked = Date.parse('2026-11-23T06:00:10Z');
    await eventually(() => cache.peek('abc12345')?.nodes[0]?.pod?.graceSeconds === 0);
    expect(cache.peek('abc12345')?.nodes[0]?.pod?.deletedAtMs).to.equal(asked);
    await tell('pods', 'DELETED', deleted(112, 13, 0));
    await eventually(() => cache.peek('abc12345')?.nodes[0]?.pod === undefined);
    expect(cache.peek('abc12345')?.nodes[0]?.gone?.deletedAtMs).to.equal(asked);
  });

  it('takes in objects of the right kind only', async () => {
    const plain: RawConfigMap = { metadata: { name: 'task-x', uid: 'u', resourceVersion: '1' } };
    const other: RawJob = { metadata: { name: 'job', uid: 'v', resourceVersion: '1', labels: {} } };
    const pod: RawPod = { metadata: { name: 'pod', uid: 'w', resourceVersion: '1' } };
    shown = { configMaps: [plain], jobs: [other], pods: [pod] };
    await start();
    expect(ids()).to.deep.equal([]);
  });
});
