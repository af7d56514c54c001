import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startControllers } from '../../../../cluster/controllers/start-controllers.js';
import type { LogOptions } from '../../../../cluster/node/logs/log-reader.js';
import { type NodeOptions, type RunningNode, startNode } from '../../../../cluster/node/node.js';
import type { IsolationReport } from '../../../../cluster/node/process/isolation.js';
import { detectIsolation } from '../../../../cluster/node/process/isolation.js';
import { endOrphans } from '../../../../cluster/node/orphans.js';
import { isRunning, statOf } from '../../../../cluster/node/process/proc.js';
import { processesOf } from '../../../../cluster/node/process/strays.js';
import { createObject } from '../../../../cluster/kinds/create.js';
import { deleteObject } from '../../../../cluster/store/deletion.js';
import { createEventRecorder } from '../../../../cluster/store/events.js';
import type { KubeObject } from '../../../../cluster/store/object.js';
import { Store } from '../../../../cluster/store/store.js';
import { createClaim, createJob, podOf, settled, until } from '../controllers/fixtures.js';

interface Cluster {
  store: Store;
  node: RunningNode;
  stop(): Promise<void>;
}

async function startCluster(dataDir: string, given: Pick<NodeOptions, 'isolation' | 'limits'> = {}): Promise<Cluster> {
  const store = await Store.open(dataDir);
  const end = new AbortController();
  const events = createEventRecorder(store, end.signal);
  const node = await startNode({ store, events, dataDir, signal: end.signal, ...given });
  if (store.get('namespaces', undefined, 'team') === undefined) {
    createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
  }
  startControllers({ store, events, signal: end.signal });
  const stop = async (): Promise<void> => {
    await node.stop();
    end.abort();
    await store.close();
  };
  return { store, node, stop };
}

describe('the node', () => {
  let dataDir: string;
  let detected: IsolationReport;
  let cluster: Cluster;

  before(async () => {
    dataDir = await realpath(await mkdtemp(join(tmpdir(), 'node-test-')));
    detected = await detectIsolation(dataDir);
    cluster = await startCluster(dataDir, { isolation: detected });
  });

  after(async () => {
    await cluster.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function logs(name: string, options: LogOptions = {}): Promise<string> {
    const pod = podOf(cluster.store, name) as KubeObject;
    let text = '';
    for await (const chunk of await cluster.node.logs.read(pod, 'main', options, new AbortController().signal)) {
      text += Buffer.from(chunk).toString();
    }
    return text;
  }

  const terminated = (name: string): KubeObject['status'] =>
    podOf(cluster.store, name)?.status.containerStatuses[0].state.terminated;

  const running = (name: string): Promise<KubeObject> =>
    until(cluster.store, ['pods'], () => {
      const pod = podOf(cluster.store, name);
      return pod?.status?.phase === 'Running' ? pod : undefined;
    });

  const eventOf = (object: string, reason: string): Promise<KubeObject> =>
    until(cluster.store, ['events'], () =>
      cluster.store
        .list('events', 'team')
        .find((event) => event['reason'] === reason && event['involvedObject'].name.startsWith(object)),
    );

  it('runs a program with its environment only, keeps its output, and completes the Job', async () => {
    const script = 'echo "$GREETING from $HOSTNAME"; echo "secret=$PATH_OF_TEST" >&2; printf end >/dev/stdout';
    process.env['PATH_OF_TEST'] = 'leaked';
    createJob(cluster.store, 'plain', ['sh', '-c', script], {
      container: {
        env: [
          { name: 'WHO', value: 'you' },
          { name: 'GREETING', value: 'hi $(WHO)' },
        ],
      },
    });
    delete process.env['PATH_OF_TEST'];
    const job = await settled(cluster.store, 'plain');
    expect(job.status).to.include({ succeeded: 1, ready: 0, terminating: 0 });
    expect(job.status).not.to.have.property('active');
    expect(job.status.conditions.map(({ type }: { type: string }) => type)).to.deep.equal([
      'SuccessCriteriaMet',
      'Complete',
    ]);
    const pod = podOf(cluster.store, 'plain') as KubeObject;
    expect((await logs('plain')).split('\n').toSorted()).to.deep.equal([
      'end',
      `hi you from ${pod.metadata.name}`,
      'secret=',
    ]);
    expect(pod.status).to.include({ phase: 'Succeeded' });
    expect(pod.metadata.finalizers).to.equal(undefined);
    expect(terminated('plain')).to.include({ exitCode: 0, reason: 'Completed' });
    expect((await eventOf('plain', 'ImageIgnored'))['type']).to.equal('Normal');
  });

  it('mounts volumes where they are wanted, or says why it cannot', async () => {
    createClaim(cluster.store, 'data');
    const mounts = {
      pod: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
      container: { volumeMounts: [{ name: 'v', mountPath: '/data/of/mine' }] },
    };
    createJob(cluster.store, 'writes', ['sh', '-c', 'echo kept >/data/of/mine/file'], mounts);
    const job = await settled(cluster.store, 'writes');
    if (detected.isolation === 'none') {
      expect((await eventOf('writes', 'FailedMount'))['message']).to.contain('mount namespaces');
      expect(job.status.failed).to.equal(1);
      return;
    }
    createJob(cluster.store, 'reads', ['cat', '/data/of/mine/file'], mounts);
    await settled(cluster.store, 'reads');
    expect(await logs('reads')).to.equal('kept\n');
    const directory = join(dataDir, 'volumes');
    expect(await readdir(directory)).to.have.length(1);
    deleteObject(cluster.store, cluster.store.existing('persistentvolumeclaims', 'team', 'data'));
    for (const name of ['writes', 'reads']) {
      deleteObject(cluster.store, cluster.store.existing('jobs', 'team', name), { propagationPolicy: 'Background' });
    }
    await until(cluster.store, ['persistentvolumeclaims'], () =>
      cluster.store.get('persistentvolumeclaims', 'team', 'data') === undefined ? true : undefined,
    );
    while ((await readdir(directory)).length > 0) await new Promise(setImmediate);
  });

  it('throws away what a program writes elsewhere, and hides the data of the cluster', async function () {
    if (!detected.isolation.startsWith('overlay')) {
      expect(detected.isolation).to.be.oneOf(['bind', 'none']);
      return;
    }
    createJob(cluster.store, 'litter', ['sh', '-c', `touch /etc/litter /k8s-litter && ls -A ${dataDir} /tmp 2>&1`]);
    await settled(cluster.store, 'litter');
    expect(await readFile('/etc/litter').catch(({ code }) => code)).to.equal('ENOENT');
    expect(await logs('litter')).not.to.contain('store.jsonl');
  });

  it('ends a suspended Job gently, without failing it', async () => {
    const script = 'trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.02; done';
    createJob(cluster.store, 'gentle', ['sh', '-c', script]);
    const pod = await running('gentle');
    for await (const _ of await cluster.node.logs.read(
      pod,
      'main',
      { follow: true, limitBytes: 3 },
      new AbortController().signal,
    ));
    const following = logs('gentle', { follow: true });
    cluster.store.update(cluster.store.existing('jobs', 'team', 'gentle'), (job) => {
      job.spec.suspend = true;
    });
    const job = await settled(cluster.store, 'gentle');
    expect(await following).to.equal('up\nbye\n');
    await until(cluster.store, ['pods'], () => (podOf(cluster.store, 'gentle') === undefined ? true : undefined));
    expect(job.status.conditions.at(-1)).to.include({ type: 'Suspended', reason: 'JobSuspended' });
    const { status } = cluster.store.get('jobs', 'team', 'gentle') as KubeObject;
    expect(status).not.to.have.any.keys('failed', 'active', 'startTime');
    await eventOf('gentle', 'Killing');
  });

  it('ends gently what is told to end while it is being started', async function () {
    if (detected.isolation === 'none') return this.skip();
    const script = 'trap "echo bye; exit 5" TERM; echo up; : >/seen/up; while :; do sleep 0.02; done';
    const claim = createClaim(cluster.store, 'seen');
    createJob(cluster.store, 'early', ['sh', '-c', script], {
      pod: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'seen' } }] },
      container: { volumeMounts: [{ name: 'v', mountPath: '/seen' }] },
    });
    const pod = await until(cluster.store, ['pods'], () => podOf(cluster.store, 'early'));
    // Where the container's root is put together: it has been launched, and the node hears no more of it while this thread waits.
    const root = join(dataDir, 'pods', pod.metadata.uid, 'main.0.container', 'root');
    while (!existsSync(root)) await new Promise(setImmediate);
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    // Mocha's own timeout could not fire meanwhile.
    const untilMs = Date.now() + 60_000;
    while (!existsSync(join(dataDir, 'volumes', claim.metadata.uid, 'up'))) {
      if (Date.now() > untilMs) throw new Error('the program has not begun');
      Atomics.wait(sleeper, 0, 0, 5);
    }
    const following = logs('early', { follow: true });
    deleteObject(cluster.store, cluster.store.existing('jobs', 'team', 'early'), { propagationPolicy: 'Background' });
    deleteObject(cluster.store, pod);
    expect(await following).to.equal('up\nbye\n');
    await until(cluster.store, ['pods'], () => (podOf(cluster.store, 'early') === undefined ? true : undefined));
  });

  it('kills what ignores SIGTERM when the time is over, whatever it started', async () => {
    // Writes for as long as it lives, in a session of its own.
    const volumes =
      detected.isolation === 'none'
        ? {}
        : {
            pod: {
              terminationGracePeriodSeconds: 1,
              volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'beat' } }],
            },
            container: { volumeMounts: [{ name: 'v', mountPath: '/beat' }] },
          };
    const claim = createClaim(cluster.store, 'beat');
    const daemon =
      detected.isolation === 'none' ? ':' : 'setsid sh -c "while :; do date +%N >/beat/now; sleep 0.02; done" &';
    createJob(
      cluster.store,
      'stubborn',
      ['sh', '-c', `${daemon} trap "" TERM; echo up; while :; do sleep 1; done`],
      volumes,
    );
    const pod = await running('stubborn');
    const processes = await processesOf((container) => container === `${pod.metadata.uid}/main`);
    expect(processes).to.not.deep.equal([]);
    const beat = join(dataDir, 'volumes', claim.metadata.uid, 'now');
    const beats = (): Promise<boolean> =>
      readFile(beat).then(
        (text) => text.length > 0,
        () => false,
      );
    while (detected.isolation !== 'none' && !(await beats())) await new Promise(setImmediate);
    deleteObject(cluster.store, cluster.store.existing('jobs', 'team', 'stubborn'), {
      propagationPolicy: 'Background',
    });
    await until(cluster.store, ['pods'], () => (podOf(cluster.store, 'stubborn') === undefined ? true : undefined));
    expect(processes.filter(isRunning)).to.deep.equal([]);
    if (detected.isolation === 'none') return;
    const last = await readFile(beat, 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await readFile(beat, 'utf8')).to.equal(last);
  });

  it('lets the nodes of a task find each other by name', async function () {
    if (detected.isolation === 'none') {
      expect(detected.reasons).not.to.deep.equal([]);
      return;
    }
    createObject(cluster.store, 'services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'team' },
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: { group: 'web' } },
    });
    const script = 'until grep -q node-1.web.team.svc.cluster.local /etc/hosts; do sleep 0.02; done';
    // The other one stays: a pod that is over has no name any more.
    const commands = { 'node-0': ['sh', '-c', script], 'node-1': ['sleep', '300'] };
    for (const [name, command] of Object.entries(commands)) {
      createJob(cluster.store, name, command, { pod: { hostname: name, subdomain: 'web' } });
      const pod = await until(cluster.store, ['pods'], () => podOf(cluster.store, name));
      cluster.store.update(cluster.store.existing('pods', 'team', pod.metadata.name), (draft) => {
        Object.assign((draft.metadata.labels ??= {}), { group: 'web' });
      });
    }
    expect((await settled(cluster.store, 'node-0')).status.succeeded).to.equal(1);
    const addresses = ['node-0', 'node-1'].map((name) => podOf(cluster.store, name)?.status.podIP);
    expect(new Set(addresses).size).to.equal(2);
    deleteObject(cluster.store, cluster.store.existing('jobs', 'team', 'node-1'), { propagationPolicy: 'Background' });
    for (const address of addresses) expect(address).to.match(/^127\./);
  });

  it('runs programs beside that of a container, with its limits and no longer than it', async function () {
    if (detected.isolation === 'none') this.skip();
    createJob(cluster.store, 'shared', ['sh', '-c', 'until [ -e /tmp/over ]; do sleep 0.02; done'], {
      container: { resources: { limits: { cpu: '1', memory: '256Mi' } } },
    });
    const pod = await running('shared');
    const exec = (...command: string[]): ReturnType<RunningNode['exec']> =>
      cluster.node.exec(pod, 'main', { command, stdin: false, terminal: undefined });
    const compared = await exec('cmp', '/proc/1/cgroup', '/proc/self/cgroup');
    compared.stdout.resume();
    compared.stderr.resume();
    expect((await compared.exited).exitCode).to.equal(0);
    const endless = await exec('sleep', '300');
    await endless.started;
    await (await exec('touch', '/tmp/over')).exited;
    expect((await settled(cluster.store, 'shared')).status.succeeded).to.equal(1);
    expect((await endless.exited).exitCode).to.equal(137);
  });

  it('removes the files of a pod with the pod', async () => {
    createJob(cluster.store, 'gone', ['true']);
    await settled(cluster.store, 'gone');
    const { uid } = (podOf(cluster.store, 'gone') as KubeObject).metadata;
    expect(await readdir(join(dataDir, 'pods'))).to.include(uid);
    deleteObject(cluster.store, cluster.store.existing('jobs', 'team', 'gone'), { propagationPolicy: 'Foreground' });
    await until(cluster.store, ['jobs'], () =>
      cluster.store.get('jobs', 'team', 'gone') === undefined ? true : undefined,
    );
    while ((await readdir(join(dataDir, 'pods'))).includes(uid)) await new Promise(setImmediate);
  });
});

/** Leaves a process in a session of its own whose parent is gone, and says its pid. */
const stray =
  'f=$(mktemp); (setsid sh -c "echo \\$\\$ >$f; exec sleep 300" &); until [ -s "$f" ]; do sleep 0.01; done; cat "$f"; rm "$f"';

/** Resolves when the process has ended; killed is not yet gone. The test's own time limit is what fails if it never is. */
async function gone(pid: number): Promise<void> {
  expect(pid).to.be.greaterThan(1);
  const state = (): Promise<string> => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X');
  while (!/\) [ZX]/.test(await state())) await new Promise(setImmediate);
}

describe('a node without namespaces', () => {
  let dataDir: string;
  let cluster: Cluster;

  async function logOf(name: string): Promise<string> {
    const pod = podOf(cluster.store, name) as KubeObject;
    let text = '';
    for await (const chunk of await cluster.node.logs.read(pod, 'main', {}, new AbortController().signal)) {
      text += Buffer.from(chunk).toString();
    }
    return text;
  }

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'node-test-'));
    cluster = await startCluster(dataDir, { isolation: { isolation: 'none', reasons: ['bind: not permitted'] } });
  });

  after(async () => {
    await cluster.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('runs programs as plain processes and fails tasks with volumes, saying why', async () => {
    createJob(cluster.store, 'plain', ['sh', '-c', 'pwd; exit 9']);
    expect((await settled(cluster.store, 'plain')).status.failed).to.equal(1);
    expect(podOf(cluster.store, 'plain')?.status.containerStatuses[0].state.terminated.exitCode).to.equal(9);
    createJob(cluster.store, 'volume', ['true'], { pod: { volumes: [{ name: 'v', emptyDir: {} }] } });
    expect((await settled(cluster.store, 'volume')).status.failed).to.equal(1);
    const pod = podOf(cluster.store, 'volume') as KubeObject;
    expect(pod.status).to.include({ phase: 'Failed', reason: 'FailedMount' });
    expect(pod.status.message).to.contain('bind: not permitted');
  });

  it('ends the children of a program with it', async () => {
    createJob(cluster.store, 'parent', ['sh', '-c', 'sleep 300 & echo $!; exit 4']);
    await settled(cluster.store, 'parent');
    await gone(Number(await logOf('parent')));
  });

  it('ends what has left its group and session with the program, and at the next start after a crash', async () => {
    createJob(cluster.store, 'short', ['sh', '-c', `${stray}; exit 4`]);
    await settled(cluster.store, 'short');
    await gone(Number(await logOf('short')));
    createJob(cluster.store, 'crashed', ['sh', '-c', `${stray}; exec sleep 300`]);
    const { uid } = (
      await until(cluster.store, ['pods'], () => {
        const pod = podOf(cluster.store, 'crashed');
        return pod?.status?.phase === 'Running' ? pod : undefined;
      })
    ).metadata;
    let pid = '';
    while (!pid.endsWith('\n')) pid = await logOf('crashed');
    expect(statOf(Number(pid))?.startTime).to.be.a('string');
    const afterCrash = await mkdtemp(join(tmpdir(), 'node-test-'));
    await mkdir(join(afterCrash, 'pods', uid), { recursive: true });
    expect(await endOrphans(afterCrash)).to.be.at.least(2);
    await gone(Number(pid));
    await rm(afterCrash, { recursive: true, force: true });
  });
});

describe('a node that can limit memory only', () => {
  it('says so, and tells those who asked for less cpu', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'node-test-'));
    const limits = { unlimited: ['cpu' as const], problem: 'nobody gave it' };
    const cluster = await startCluster(dataDir, { isolation: { isolation: 'none', reasons: [] }, limits });
    const { store } = cluster;
    expect(store.get('nodes', undefined, 'embedded')?.metadata.annotations).to.include({
      'embedded.k8s-cli/resource-limits': 'cpu used for scheduling, not enforced: nobody gave it',
    });
    for (const [name, limited] of Object.entries({ both: { cpu: '1', memory: '64Mi' }, one: { memory: '64Mi' } })) {
      createJob(store, name, ['true'], { container: { resources: { limits: limited } } });
      await settled(store, name);
    }
    const told = store.list('events', 'team').filter((event) => event['reason'] === 'LimitsIgnored');
    expect(told.map((event) => event['message'])).to.deep.equal(['Limits of cpu are not enforced: nobody gave it']);
    expect(told[0]?.['involvedObject'].name).to.match(/^both-/);
    await cluster.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});

describe('a node that comes back', () => {
  it('fails the pods that were running, ends what they left behind, and clears its disk', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'node-test-'));
    const isolation = await detectIsolation(await realpath(dataDir));
    const first = await startCluster(dataDir, { isolation });
    const names = ['long', 'longer'];
    for (const name of names) createJob(first.store, name, ['sleep', '300']);
    const pods = await until(first.store, ['pods'], () => {
      const found = names.map((name) => podOf(first.store, name));
      return found.every((pod) => pod?.status?.phase === 'Running') ? (found as KubeObject[]) : undefined;
    });
    // What a crash leaves: the state of this moment, and processes.
    const copy = await mkdtemp(join(tmpdir(), 'node-test-'));
    await writeFile(join(copy, 'store.jsonl'), await readFile(join(dataDir, 'store.jsonl')));
    await mkdir(join(copy, 'pods', 'forgotten'), { recursive: true });
    for (const { metadata } of pods) await mkdir(join(copy, 'pods', metadata.uid));
    const left = await processesOf((container) => pods.some(({ metadata: { uid } }) => container.startsWith(uid)));
    expect(left).to.have.length.of.at.least(names.length);
    await endOrphans(copy);
    expect(left.filter(isRunning)).to.deep.equal([]);
    const second = await startCluster(copy, { isolation });
    for (const name of names) {
      const job = await settled(second.store, name);
      expect(job.status.conditions.at(-1)).to.include({ type: 'Failed' });
      const lost = podOf(second.store, name) as KubeObject;
      expect(lost.status).to.include({ phase: 'Failed', reason: 'NodeLost' });
      expect(lost.status.containerStatuses[0].state.terminated).to.include({
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
      });
    }
    const uids = pods.map(({ metadata }) => metadata.uid);
    const kept = (): Promise<string[]> => readdir(join(copy, 'pods'));
    while ((await kept()).includes('forgotten')) await new Promise(setImmediate);
    expect((await kept()).toSorted()).to.deep.equal(uids.toSorted());
    await second.stop();
    await first.stop();
    await rm(dataDir, { recursive: true, force: true });
    await rm(copy, { recursive: true, force: true });
  });
});
