import { expect } from 'chai';
import { deleteTask } from '../../../../server/domain/delete.js';
import { TaskCache } from '../../../../server/kubernetes/cache/cache.js';
import { KubernetesError, NOT_BEGUN, NOT_SENT } from '../../../../server/kubernetes/api/errors.js';
import { createClusterFacts } from '../../../../server/kubernetes/facts.js';
import { Launcher } from '../../../../server/kubernetes/launch/launcher.js';
import { pathsOf } from '../../../../server/kubernetes/paths.js';
import { createSubmissionSource } from '../../../../server/kubernetes/submissions.js';
import { createVolumeStore } from '../../../../server/kubernetes/volumes.js';
import type { KubeClient, KubeRequest } from '../../../../server/kubernetes/api/client.js';
import { failureOf } from '../../../support/server/failure.js';
import { rawJob, rawPod, rawRecord } from '../../../support/server/raw.js';
import { ANYWHERE, NO_SECRETS, spec } from '../../../support/server/specs.js';
import { T0 } from '../../../support/server/views.js';

const PATHS = pathsOf('default');
const REQUEST = {
  id: 'abc12345',
  user: 'ann',
  name: 'demo',
  spec: spec(),
  secrets: NO_SECRETS,
  mounts: [],
  placement: ANYWHERE,
  fingerprint: 'print',
  requestId: '',
  createdAtMs: T0,
};
const VOLUME = { id: 'vol12345', name: 'data', user: 'ann', size: '1Gi', storageClass: undefined, accessModes: [] };
const MARK = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };

describe('a cluster that takes no connections', () => {
  const { signal } = new AbortController();
  const asked: KubeRequest[] = [];
  const client: KubeClient = {
    request: (request) => {
      asked.push(request);
      return Promise.reject(new KubernetesError(0, request.first ? NOT_BEGUN : NOT_SENT, 'refused'));
    },
    list: () => Promise.reject(new Error('not asked for')),
    stream: () => Promise.reject(new Error('not asked for')),
    watch: () => Promise.reject(new Error('not asked for')),
    close: () => Promise.resolve(),
  };
  const cache = new TaskCache(client, PATHS);
  const launcher = new Launcher(client, PATHS, cache, 'test-cluster');
  const volumes = createVolumeStore(client, PATHS, 'default');
  const facts = createClusterFacts(client, 'test-cluster', 'default');

  /** A task of two nodes: ours, one whose stop has begun, or one of other tools. */
  const known = (what: 'ours' | 'stopped' | 'foreign') => {
    const data = what === 'stopped' ? { stop: JSON.stringify(MARK) } : {};
    if (what !== 'foreign') cache.applyRecord(rawRecord({ id: what, user: 'ann', nodes: 2, data }));
    for (const index of [0, 1]) {
      cache.applyJob(rawJob({ id: what, user: 'ann', nodes: 2, index, owned: what !== 'foreign' }));
      cache.applyPod(rawPod({ id: what, user: 'ann', index, phase: 'Running' }));
    }
    const view = cache.peek(what);
    if (!view) throw new Error('the task is not known');
    return view;
  };

  const calls: Record<string, () => Promise<unknown>> = {
    'submitting a task': () => launcher.launch(REQUEST, signal),
    'checking a task': () => launcher.validate(REQUEST, signal),
    'looking for a task': () => cache.get('zzz12345', signal),
    'reading a submission': () => createSubmissionSource(client, PATHS).of(known('ours').record, signal),
    'stopping a task': () => launcher.stop(known('ours'), MARK, undefined, signal),
    'stopping a task once more': () => launcher.stop(known('stopped'), MARK, undefined, signal),
    'stopping a task of other tools': () => launcher.stop(known('foreign'), MARK, undefined, signal),
    'stopping a task of other tools within a second': () => launcher.stop(known('foreign'), MARK, 1, signal),
    'deleting a task': () => deleteTask({ store: cache, launcher, namespace: 'default' }, 'ann', 'ours', true, signal),
    'deleting a task of other tools': () => launcher.remove(known('foreign'), signal),
    'creating a volume': () => volumes.create({ ...VOLUME, labels: {}, fingerprint: 'print' }, signal),
    'listing volumes': () => volumes.list(signal),
    'looking for a volume': () => volumes.resolve('data', 'ann', signal),
    'deleting a volume': () =>
      volumes.remove(
        {
          ...VOLUME,
          uid: 'u',
          storageClass: '',
          status: 'Bound',
          createdAtMs: T0,
          deletedAtMs: undefined,
          claimName: 'data',
          namespace: 'default',
        },
        signal,
      ),
    'looking at machines': () => facts.machines(signal),
    'looking for a priority class': () => facts.hasPriorityClass('high', signal),
    'looking for a queue': () => facts.hasQueue('team', signal),
  };
  for (const [what, call] of Object.entries(calls)) {
    it(`is asked once for ${what}, and the caller is told that nothing was done`, async () => {
      asked.length = 0;
      const { reason, metadata } = await failureOf(call);
      expect({ reason, metadata }).to.deep.equal({ reason: 'CLUSTER_UNAVAILABLE', metadata: { begun: 'false' } });
      if (what !== 'checking a task') expect(asked).to.have.length(1);
    });
  }
});

describe('a cluster that breaks off', () => {
  const { signal } = new AbortController();
  const client = {
    request: () => Promise.reject(new KubernetesError(503, 'ServiceUnavailable', 'no luck')),
  } as unknown as KubeClient;
  const cache = new TaskCache(client, PATHS);
  const volumes = createVolumeStore(client, PATHS, 'default');

  const reads: Record<string, () => Promise<unknown>> = {
    'looking for a task': () => cache.get('zzz12345', signal),
    'listing volumes': () => volumes.list(signal),
    'looking for a volume': () => volumes.get('vol12345', signal),
    'looking for a volume by name': () => volumes.resolve('data', 'ann', signal),
  };
  for (const [what, read] of Object.entries(reads)) {
    it(`has done nothing for who was ${what}, who is told so`, async () => {
      const { reason, metadata } = await failureOf(read);
      expect({ reason, metadata }).to.deep.equal({ reason: 'CLUSTER_UNAVAILABLE', metadata: { begun: 'false' } });
    });
  }
});
