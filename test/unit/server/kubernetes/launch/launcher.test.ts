import { expect } from 'chai';
import type { LaunchRequest } from '../../../../../server/domain/ports.js';
import type { TaskView } from '../../../../../server/domain/task.js';
import { TaskCache } from '../../../../../server/kubernetes/cache/cache.js';
import { Launcher } from '../../../../../server/kubernetes/launch/launcher.js';
import { MAX_SCRIPT_BYTES } from '../../../../../server/kubernetes/manifests/shell.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { recordObject } from '../../../../../server/kubernetes/record.js';
import { failureOf } from '../../../../support/server/failure.js';
import { type Answer, KubeStub, refuse } from '../../../../support/server/kube-stub.js';
import { MemoryApi } from '../../../../support/server/memory-api.js';
import { ANYWHERE, NO_SECRETS, spec } from '../../../../support/server/specs.js';
import { rawPod } from '../../../../support/server/raw.js';
import { T0 } from '../../../../support/server/views.js';

const PATHS = pathsOf('default');
const RECORD = `${PATHS.configMaps}/task-abc12345`;

function request(over: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    id: 'abc12345',
    user: 'ann',
    name: 'demo',
    spec: spec({ numNodes: 3 }),
    secrets: NO_SECRETS,
    mounts: [],
    placement: ANYWHERE,
    fingerprint: 'print',
    requestId: '',
    createdAtMs: T0,
    ...over,
  };
}

describe('Launcher', () => {
  const { signal } = new AbortController();
  let api: MemoryApi;
  let stub: KubeStub;
  let cache: TaskCache;
  let launcher: Launcher;
  /** What a test wants to happen instead; undefined leaves it to the API. */
  let instead: (...args: Parameters<Answer>) => boolean;

  beforeEach(async () => {
    api = new MemoryApi();
    instead = () => false;
    stub = await KubeStub.start((seen, response) => {
      if (!instead(seen, response)) api.answer(seen, response);
    });
    cache = new TaskCache(stub.client, PATHS);
    launcher = new Launcher(stub.client, PATHS, cache, 'test-cluster');
  });
  afterEach(() => stub.stop());

  const made = (): unknown => [api.names(PATHS.configMaps), api.names(PATHS.jobs), api.names(PATHS.services)];
  const ALL = [
    ['task-abc12345'],
    ['demo-abc12345-node-0', 'demo-abc12345-node-1', 'demo-abc12345-node-2'],
    ['task-abc12345'],
  ];
  const NOTHING = [[], [], []];
  const writes = (method: string): string[] =>
    stub.requests.filter((seen) => seen.method === method).map(({ path }) => path);

  it('creates the record first, then a Service and one Job for each node', async () => {
    const { record, created } = await launcher.launch(request(), signal);
    expect([record.id, created]).to.deep.equal(['abc12345', true]);
    expect(made()).to.deep.equal(ALL);
    expect(writes('POST')[0]).to.equal(PATHS.configMaps);
    const uid = api.objects.get(`${PATHS.configMaps}/task-abc12345`)?.metadata.uid;
    for (const [path, { metadata }] of api.objects) {
      if (path.startsWith(PATHS.configMaps)) continue;
      expect(metadata['ownerReferences'], path).to.deep.equal([
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'task-abc12345', uid },
      ]);
    }
  });

  it('asks for answers in protobuf where it reads them, and takes JSON', async () => {
    await launcher.launch(request(), signal);
    const accepted = (path: string): string[] =>
      stub.requests.filter((seen) => seen.path === path).map(({ headers }) => headers.accept ?? '');
    for (const path of [PATHS.configMaps, PATHS.jobs])
      expect(accepted(path)[0]).to.match(/protobuf, application\/json$/);
    expect(accepted(PATHS.services)).to.deep.equal(['application/json']);
  });

  it('has fields looked at only where a user has written some', async () => {
    const validations = (path: string): (string | null)[] =>
      stub.requests.filter((seen) => seen.path === path).map(({ query }) => query.get('fieldValidation'));
    await launcher.launch(request({ spec: spec() }), signal);
    const { kubernetes, ...others } = spec();
    const configured = { ...others, kubernetes: { ...kubernetes, podConfig: { tolerations: [] } } };
    await launcher.launch(request({ id: 'abc12346', spec: configured }), signal);
    expect(validations(PATHS.configMaps)).to.deep.equal(['Ignore', 'Ignore']);
    expect(validations(PATHS.jobs)).to.deep.equal(['Ignore', null]);
  });

  it('shows the task at once, without waiting for the watch', async () => {
    await launcher.launch(request(), signal);
    expect(cache.peek('abc12345')?.nodes.every(({ job }) => job)).to.equal(true);
  });

  it('needs no Service for one node', async () => {
    await launcher.launch(request({ spec: spec() }), signal);
    expect(made()).to.deep.equal([['task-abc12345'], ['demo-abc12345'], []]);
  });

  it('passes on what the cluster warns of, once', async () => {
    instead = (seen, response) => {
      if (seen.path === PATHS.jobs) response.setHeader('warning', '299 - "would violate PodSecurity"');
      return false;
    };
    expect((await launcher.launch(request(), signal)).warnings).to.deep.equal(['would violate PodSecurity']);
  });

  for (const [title, message, reason] of [
    ['a quota', 'jobs "x" is forbidden: exceeded quota: jobs', 'QUOTA_EXCEEDED'],
    ['a webhook', 'admission webhook "w" denied the request: no', 'ADMISSION_DENIED'],
    ['missing rights', 'jobs is forbidden: User "x" cannot create', 'CLUSTER_FORBIDDEN'],
  ] as const) {
    it(`leaves nothing behind when ${title} refuses the third Job, and says why`, async () => {
      let jobs = 0;
      instead = (seen, response) => {
        if (seen.method !== 'POST' || seen.path !== PATHS.jobs) return false;
        jobs += 1;
        if (jobs < 3) return false;
        refuse(response, 403, 'Forbidden', message);
        return true;
      };
      const failure = await failureOf(() => launcher.launch(request(), signal));
      expect(failure.reason).to.equal(reason);
      expect(failure.message).to.include(message);
      expect([api.names(PATHS.configMaps), api.names(PATHS.jobs)]).to.deep.equal([[], []]);
      expect(
        stub.requests.filter(({ method }) => method === 'DELETE').map(({ body }) => body),
        'what is deleted takes its pods along',
      ).to.satisfy((bodies: unknown[]) =>
        bodies.every((body) =>
          /^{"propagationPolicy":"Background","preconditions":{"uid":"uid-\d+"(,"resourceVersion":"\d+")?}}$/.test(
            JSON.stringify(body),
          ),
        ),
      );
    });
  }

  describe('while a webhook of the cluster is down', () => {
    const message = 'Internal error occurred: failed calling webhook "w": connection refused';
    /** Fails to make Jobs; with `reason` in the words of the cluster. */
    const fail = (reason: string): void => {
      instead = (seen, response) => {
        const fails = seen.method === 'POST' && seen.path === PATHS.jobs;
        if (fails) refuse(response, 500, reason, message, { 'retry-after': '3600' });
        return fails;
      };
    };

    it('leaves nothing behind that would start when it is back', async () => {
      fail('InternalError');
      const failure = await failureOf(() => launcher.launch(request(), signal));
      expect(failure.reason).to.equal('CLUSTER_UNAVAILABLE');
      expect(failure.message).to.include(message);
      expect([api.names(PATHS.configMaps), api.names(PATHS.jobs)]).to.deep.equal([[], []]);
    });

    it('leaves to others what somebody else has begun', async () => {
      await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(request()) });
      fail('InternalError');
      expect((await failureOf(() => launcher.complete('abc12345', signal))).reason).to.equal('CLUSTER_UNAVAILABLE');
      expect(api.names(PATHS.configMaps)).to.deep.equal(['task-abc12345']);
    });

    it('removes nothing because of a proxy that fails', async () => {
      fail('');
      expect((await failureOf(() => launcher.launch(request(), signal))).reason).to.equal('CLUSTER_UNAVAILABLE');
      expect(api.names(PATHS.configMaps)).to.deep.equal(['task-abc12345']);
    });
  });

  describe('of what cannot be made', () => {
    const terms = { nodeSelectorTerms: { matchExpressions: [] } };
    const podConfig = { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
    const { kubernetes, ...others } = spec();
    const impossible = request({
      spec: { ...others, kubernetes: { ...kubernetes, podConfig } },
      placement: { ...ANYWHERE, nodeTerms: [[{ key: 'gpu', values: ['a'] }]] },
    });

    it('leaves nothing behind', async () => {
      const failure: unknown = await launcher.launch(impossible, signal).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(TypeError);
      expect(api.names(PATHS.configMaps)).to.deep.equal([]);
    });

    it('gives up what was begun', async () => {
      await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(impossible) });
      const failure: unknown = await launcher.complete('abc12345', signal).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(TypeError);
      expect(api.names(PATHS.configMaps)).to.deep.equal([]);
    });

    it('does not take the end of its own server for that', async () => {
      await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(request()) });
      const ending = new AbortController();
      instead = (seen) => {
        const isJob = seen.path === PATHS.jobs;
        if (isJob) ending.abort();
        return isJob;
      };
      const failure: unknown = await launcher.complete('abc12345', ending.signal).catch((error: unknown) => error);
      expect(failure).to.have.property('name', 'AbortError');
      expect(api.names(PATHS.configMaps)).to.deep.equal(['task-abc12345']);
    });
  });

  it('says that something may be left when it cannot be removed', async () => {
    instead = (seen, response) => {
      if (seen.path === PATHS.jobs) refuse(response, 422, 'Invalid', 'bad');
      else if (seen.method === 'DELETE') refuse(response, 403, 'Forbidden', 'may not delete');
      else return false;
      return true;
    };
    const failure = await failureOf(() => launcher.launch(request(), signal));
    expect(failure.reason).to.equal('CLUSTER_UNAVAILABLE');
    expect(failure.message).to.match(/bad.*could not be removed.*may not delete/s);
  });

  it('goes on with a submission although its caller has gone', async () => {
    const gone = new AbortController();
    instead = (seen) => {
      if (seen.path === PATHS.jobs) gone.abort();
      return false;
    };
    await launcher.launch(request(), gone.signal);
    expect(made()).to.deep.equal(ALL);
  });

  /** Has the answer to the first request for a record lost. */
  function loseFirstAnswer(): void {
    const otherwise = instead;
    let lost = false;
    instead = (seen, response) => {
      if (lost || seen.path !== PATHS.configMaps) return otherwise(seen, response);
      lost = true;
      response.end = () => {
        response.socket?.destroy();
        return response;
      };
      return false;
    };
  }

  it('makes one task of a call whose answer was lost', async () => {
    loseFirstAnswer();
    expect(await launcher.launch(request(), signal)).to.include({ created: true });
    expect(made()).to.deep.equal(ALL);
  });

  it('leaves another task alone that has the same random id', async () => {
    await launcher.launch(request({ spec: spec(), createdAtMs: T0 - 1 }), signal);
    const before = stub.requests.length;
    expect(await launcher.launch(request({ spec: spec() }), signal)).to.include({ created: false });
    expect(stub.requests.slice(before).map(({ method }) => method)).to.deep.equal(['POST', 'GET']);
  });

  describe('with secrets', () => {
    const secrets = {
      values: { TOKEN: 'hunter2' },
      registry: { server: 'r.io', username: 'ann', password: 'hunter2' },
    };
    const secretive = request({
      spec: spec({ secretNames: ['TOKEN'], hasRegistryLogin: true }),
      secrets,
      requestId: 'r',
    });
    const withoutSecrets = (): [string, unknown][] =>
      [...api.objects].filter(([path]) => !path.startsWith(PATHS.secrets));

    it('stores them in Secrets of the record, before the Jobs, and nowhere else', async () => {
      await launcher.launch(secretive, signal);
      expect(api.names(PATHS.secrets)).to.deep.equal(['task-abc12345', 'task-abc12345-registry']);
      const stored = api.objects.get(`${PATHS.secrets}/task-abc12345`);
      expect(stored?.['data']).to.deep.equal({ TOKEN: Buffer.from('hunter2').toString('base64') });
      const { uid } = api.objects.get(`${PATHS.configMaps}/task-abc12345`)?.metadata ?? {};
      expect(stored?.metadata['ownerReferences']).to.have.nested.property('[0].uid', uid);
      expect(writes('POST').at(-1)).to.equal(PATHS.jobs);
      const others = JSON.stringify(withoutSecrets());
      expect(others).not.to.contain('hunter2').and.not.to.contain(Buffer.from('hunter2').toString('base64'));
    });

    it('accepts the same ones again, and no others', async () => {
      await launcher.launch(secretive, signal);
      expect(await launcher.launch({ ...secretive, createdAtMs: T0 + 1 }, signal)).to.include({ created: false });
      const others = { ...secretive, createdAtMs: T0 + 1, secrets: { ...secrets, values: { TOKEN: 'other' } } };
      expect((await failureOf(() => launcher.launch(others, signal))).reason).to.equal('REQUEST_ID_REUSED');
    });

    it('waits for who has them before it finishes a submission, and gives it up in the end', async () => {
      const begin = async (createdAtMs: number): Promise<unknown> => {
        api.objects.clear();
        await stub.client.request({
          method: 'POST',
          path: PATHS.configMaps,
          body: recordObject({ ...secretive, createdAtMs }),
        });
        return launcher.complete('abc12345', signal).catch((error: unknown) => error);
      };
      expect(await begin(Date.now()))
        .to.be.an('error')
        .with.property('reason', 'CLUSTER_UNAVAILABLE');
      expect(api.names(PATHS.configMaps)).to.deep.equal(['task-abc12345']);
      expect(await begin(Date.now() - 3_600_000)).to.be.an('error');
      expect([api.names(PATHS.configMaps), api.names(PATHS.jobs)]).to.deep.equal([[], []]);
    });

    it('shows what would be created without them', async () => {
      const { objects } = await launcher.validate(secretive, signal);
      expect(objects.map(({ kind }) => kind)).to.deep.equal(['ConfigMap', 'Secret', 'Secret', 'Job']);
      const text = JSON.stringify(objects);
      expect(text).not.to.contain('hunter2').and.not.to.contain(Buffer.from('hunter2').toString('base64'));
      expect(text).to.contain('"TOKEN":"(hidden)"');
    });
  });

  it('makes the claims of storage that a task brings along', async () => {
    const created = {
      size: '5Gi',
      labels: { a: 'b' },
      storageClass: 'fast',
      accessMode: 'ReadWriteMany',
      namespace: undefined,
    };
    await launcher.launch(request({ spec: spec({ volumes: [{ mountPath: '/scratch', created }] }) }), signal);
    const claim = api.objects.get(`${PATHS.claims}/task-abc12345-volume-0`);
    expect(claim?.['spec']).to.deep.equal({
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '5Gi' } },
      storageClassName: 'fast',
    });
    expect(claim?.metadata['labels']).to.include({ a: 'b', 'task-id': 'abc12345' });
    expect(JSON.stringify(api.objects.get(`${PATHS.jobs}/demo-abc12345`))).to.contain(
      '"claimName":"task-abc12345-volume-0"',
    );
  });

  describe('with a request id', () => {
    const first = request({ requestId: 'request-1' });
    const again = request({ requestId: 'request-1', createdAtMs: T0 + 5000 });

    it('finds the task of the first call', async () => {
      await launcher.launch(first, signal);
      expect(await launcher.launch(again, signal)).to.include({ created: false });
      expect(made()).to.deep.equal(ALL);
    });

    it('makes what the first call did not come to', async () => {
      await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(first) });
      expect(await launcher.launch(again, signal)).to.include({ created: false });
      expect(made()).to.deep.equal(ALL);
    });

    it('refuses another task under the same id', async () => {
      await launcher.launch(first, signal);
      const other = { ...again, fingerprint: 'other', spec: { ...again.spec, run: 'echo other' } };
      const failure = await failureOf(() => launcher.launch(other, signal));
      expect(failure.reason).to.equal('REQUEST_ID_REUSED');
      expect(failure.message).to.match(/; use a new one for a new task: run was ".*" and is "echo other" now$/);
      expect(failure.metadata).to.deep.equal({ task_id: 'abc12345', request_id: 'request-1', different_fields: 'run' });
      expect(failure.violations.map(({ field }) => field)).to.deep.equal(['run']);
    });

    it('does not take a record for one that was there which could not be counted in a quota', async () => {
      instead = (seen, response) => {
        const isRecord = seen.path === PATHS.configMaps;
        if (isRecord) refuse(response, 409, 'Conflict', 'the quota has been modified', { 'retry-after': '3600' });
        return isRecord;
      };
      expect((await failureOf(() => launcher.launch(first, signal))).reason).to.equal('CLUSTER_REFUSED');
    });

    it('says that the first call was undone', async () => {
      instead = (seen, response) => {
        if (seen.path !== PATHS.configMaps) return false;
        refuse(response, 409, 'AlreadyExists', 'exists');
        return true;
      };
      expect((await failureOf(() => launcher.launch(first, signal))).reason).to.equal('SUBMISSION_UNDONE');
    });
  });

  describe('beside another server', () => {
    const repeated = request({ requestId: 'request-1' });
    const again = { ...repeated, createdAtMs: T0 + 500 };
    let otherStub: KubeStub;
    let other: Launcher;

    beforeEach(async () => {
      otherStub = await KubeStub.start((seen, response) => api.answer(seen, response));
      other = new Launcher(otherStub.client, PATHS, new TaskCache(otherStub.client, PATHS), 'test-cluster');
    });
    afterEach(() => otherStub.stop());

    it('leaves a task there that it cannot make because the cluster is away: the other one does', async () => {
      instead = (seen, response) => {
        if (seen.method !== 'POST' || seen.path !== PATHS.jobs) return false;
        refuse(response, 503, 'ServiceUnavailable', 'not now', { 'retry-after': '3600' });
        return true;
      };
      const failure = await failureOf(() => launcher.launch(repeated, signal));
      expect([failure.reason, failure.metadata], 'it may have been submitted').to.deep.equal([
        'CLUSTER_UNAVAILABLE',
        {},
      ]);
      expect(await other.launch(again, signal)).to.include({ created: false });
      expect(made()).to.deep.equal(ALL);
    });

    it('does not undo what the other one has made while it was refused', async () => {
      let told: Promise<unknown> | undefined;
      instead = (seen, response) => {
        if (seen.method !== 'POST' || seen.path !== PATHS.jobs) return false;
        told ??= other.launch(again, signal);
        void told.then(() => refuse(response, 422, 'Invalid', 'bad'));
        return true;
      };
      expect(await launcher.launch(repeated, signal)).to.include({ created: true });
      expect(await told).to.include({ created: false });
      expect(made()).to.deep.equal(ALL);
    });

    it('takes for undone what the other one has removed meanwhile', async () => {
      await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(repeated) });
      instead = (seen) => {
        if (seen.path === PATHS.jobs) api.objects.delete(RECORD);
        return false;
      };
      expect((await failureOf(() => launcher.launch(again, signal))).reason).to.equal('SUBMISSION_UNDONE');
    });

    it('notes that all was made before it tells of it again, so that nobody undoes it', async () => {
      await launcher.launch(repeated, signal);
      expect(api.objects.get(RECORD)?.['data']).not.to.have.property('launched');
      await launcher.launch(again, signal);
      expect(api.objects.get(RECORD)?.['data']).to.include({ launched: 'true' });
    });

    it('undoes a task of which something else was noted meanwhile', async () => {
      let deletions = 0;
      instead = (seen, response) => {
        const refused = seen.method === 'POST' && seen.path === PATHS.jobs;
        if (refused) refuse(response, 422, 'Invalid', 'bad');
        const known = api.objects.get(RECORD);
        if (seen.method === 'DELETE' && seen.path === RECORD && known) {
          deletions += 1;
          if (deletions === 1) known.metadata.resourceVersion = '1';
        }
        return refused;
      };
      expect((await failureOf(() => launcher.launch(repeated, signal))).reason).to.equal('CLUSTER_REFUSED');
      expect([deletions, api.names(PATHS.configMaps)]).to.deep.equal([2, []]);
    });
  });

  describe('where a quota is filled by what is there', () => {
    /** Refuses one more object in a collection that has one, as the API does before it looks whether the name is taken. */
    const fill = (path: string): void => {
      instead = (seen, response) => {
        const refused = seen.method === 'POST' && seen.path === path && api.names(path).length > 0;
        if (refused) refuse(response, 403, 'Forbidden', 'exceeded quota: q, requested: 1, used: 1, limited: 1');
        return refused;
      };
    };
    const created = {
      size: '5Gi',
      labels: {},
      storageClass: 'fast',
      accessMode: 'ReadWriteMany',
      namespace: undefined,
    };
    const stored = request({ spec: spec({ volumes: [{ mountPath: '/scratch', created }] }) });

    it('runs a task again that brought its storage along', async () => {
      fill(PATHS.claims);
      await launcher.launch(stored, signal);
      const view = cache.peek('abc12345');
      if (!view) throw new Error('the task is not known');
      const past = {
        node: 0,
        reason: 'Error',
        message: '',
        exitCode: 3,
        counts: true,
        startedAtMs: T0,
        finishedAtMs: T0,
      };
      await launcher.restart(view, { atMs: 0, past }, signal);
      expect(api.names(PATHS.jobs)).to.deep.equal(['demo-abc12345', 'demo-abc12345-r1']);
    });

    it('finishes a submission of which the storage was made', async () => {
      fill(PATHS.claims);
      await launcher.launch(stored, signal);
      api.objects.delete(`${PATHS.jobs}/demo-abc12345`);
      await new Launcher(stub.client, PATHS, new TaskCache(stub.client, PATHS), 'test-cluster').complete(
        'abc12345',
        signal,
      );
      expect([api.names(PATHS.configMaps), api.names(PATHS.jobs)]).to.deep.equal([
        ['task-abc12345'],
        ['demo-abc12345'],
      ]);
    });

    it('makes one task of a call whose answer was lost', async () => {
      fill(PATHS.configMaps);
      loseFirstAnswer();
      expect(await launcher.launch(request(), signal)).to.include({ created: true });
      expect(made()).to.deep.equal(ALL);
    });

    it('says so of another task, which finds no room', async () => {
      fill(PATHS.configMaps);
      await launcher.launch(request({ id: 'abc12346' }), signal);
      expect((await failureOf(() => launcher.launch(request(), signal))).reason).to.equal('QUOTA_EXCEEDED');
    });

    it('does not know it where the cluster does not say whether the record is there', async () => {
      instead = (seen, response) => {
        if (seen.method === 'POST') refuse(response, 403, 'Forbidden', 'exceeded quota: q');
        else refuse(response, 503, 'ServiceUnavailable', 'not now', { 'retry-after': '3600' });
        return true;
      };
      expect((await failureOf(() => launcher.launch(request(), signal))).reason).to.equal('CLUSTER_UNAVAILABLE');
    });
  });

  it('does not take a Job of somebody else for its own', async () => {
    const name = 'demo-abc12345-node-1';
    await stub.client.request({ method: 'POST', path: PATHS.jobs, body: { metadata: { name } } });
    const failure = await failureOf(() => launcher.launch(request(), signal));
    expect(failure.message).to.include(`${name} exists and belongs to somebody else`);
    expect(api.names(PATHS.jobs), 'and leaves it alone').to.deep.equal([name]);
  });

  it('refuses a script that is too long for a program, before anything is made', async () => {
    const run = 'x'.repeat(MAX_SCRIPT_BYTES + 1);
    const failure = await failureOf(() => launcher.launch(request({ spec: spec({ run }) }), signal));
    expect(failure.violations.map(({ field }) => field)).to.deep.equal(['run']);
    expect(stub.requests).to.deep.equal([]);
  });

  it('validates everything without making anything', async () => {
    await launcher.validate(request(), signal);
    expect(made()).to.deep.equal(NOTHING);
    expect(writes('POST').toSorted()).to.deep.equal(
      [PATHS.configMaps, PATHS.jobs, PATHS.pods, PATHS.services].toSorted(),
    );
    for (const { query } of stub.requests) {
      expect(Object.fromEntries(query)).to.deep.equal({ dryRun: 'All', fieldValidation: 'Strict' });
    }
  });

  describe('complete', () => {
    async function begun(): Promise<void> {
      await stub.client.request({ method: 'POST', path: PATHS.configMaps, body: recordObject(request()) });
    }

    it('makes what is missing', async () => {
      await begun();
      await launcher.complete('abc12345', signal);
      expect(made()).to.deep.equal(ALL);
    });

    it('undoes what the cluster refuses', async () => {
      await begun();
      instead = (seen, response) => {
        if (seen.path !== PATHS.jobs) return false;
        refuse(response, 403, 'Forbidden', 'exceeded quota');
        return true;
      };
      expect((await failureOf(() => launcher.complete('abc12345', signal))).reason).to.equal('QUOTA_EXCEEDED');
      expect(api.names(PATHS.configMaps)).to.deep.equal([]);
    });

    it('leaves the task to the next attempt when the server stops meanwhile', async () => {
      await begun();
      const stopping = new AbortController();
      instead = (seen) => {
        if (seen.path !== PATHS.jobs) return false;
        stopping.abort(new Error('stopping'));
        return true;
      };
      const failure = await launcher.complete('abc12345', stopping.signal).catch((error: unknown) => error);
      expect(failure).to.be.an('error');
      expect(api.names(PATHS.configMaps), 'the task').to.deep.equal(['task-abc12345']);
    });

    it('leaves a stopped task alone', async () => {
      await begun();
      const body = { data: { stop: JSON.stringify({ user: 'ann', timeMs: T0, reason: '' }) } };
      await stub.client.request({ method: 'PATCH', path: `${PATHS.configMaps}/task-abc12345`, body });
      await launcher.complete('abc12345', signal);
      expect(api.names(PATHS.jobs)).to.deep.equal([]);
    });
  });

  describe('stop', () => {
    const mark = { user: 'ann', timeMs: T0 + 1000, reason: 'enough', startedAtMs: { 1: T0 } };
    function known(): TaskView {
      const view = cache.peek('abc12345');
      if (!view) throw new Error('the task is not known');
      return view;
    }

    it('marks the record, then suspends every Job and says on it who, when and why', async () => {
      await launcher.launch(request(), signal);
      await launcher.stop(known(), mark, undefined, signal);
      expect(writes('PATCH')[0]).to.equal(`${PATHS.configMaps}/task-abc12345`);
      expect(known().record.stop).to.deep.equal(mark);
      expect(known().nodes.map(({ job }) => job?.suspended)).to.deep.equal([true, true, true]);
      expect(known().nodes[2]?.job?.stop).to.deep.include({ user: 'ann', timeMs: T0 + 1000, reason: 'enough' });
    });

    it('does nothing twice', async () => {
      await launcher.launch(request(), signal);
      await launcher.stop(known(), mark, undefined, signal);
      const before = stub.requests.length;
      await launcher.stop(known(), mark, undefined, signal);
      expect(stub.requests.length).to.equal(before);
    });

    it('deletes pods that have more time to end than it is told, before their Jobs do', async () => {
      await launcher.launch(request(), signal);
      const pods = [0, 1, 2].map((index) => rawPod({ id: 'abc12345', index, phase: 'Running' }));
      for (const [index, pod] of pods.entries()) {
        const { metadata } = pod;
        cache.applyPod(index === 1 ? { ...pod, metadata: { ...metadata, deletionGracePeriodSeconds: 5 } } : pod);
      }
      await launcher.stop(known(), mark, 5, signal);
      const written = stub.requests.filter(({ method }) => method === 'PATCH' || method === 'DELETE');
      expect(written.map(({ method }) => method)).to.deep.equal([
        'PATCH',
        'DELETE',
        'DELETE',
        'PATCH',
        'PATCH',
        'PATCH',
      ]);
      expect(written.slice(1, 3).map(({ path, body }) => [path, body])).to.have.deep.members(
        ['pod-abc12345-0', 'pod-abc12345-2'].map((uid) => [
          `${PATHS.pods}/demo-abc12345-${uid}`,
          { propagationPolicy: 'Background', preconditions: { uid }, gracePeriodSeconds: 5 },
        ]),
      );
    });

    it('does not mind a Job that is gone', async () => {
      await launcher.launch(request(), signal);
      api.objects.delete(`${PATHS.jobs}/demo-abc12345-node-1`);
      await launcher.stop(known(), mark, undefined, signal);
      expect(known().nodes.map(({ job }) => job?.suspended)).to.deep.equal([true, false, true]);
    });
  });
});
