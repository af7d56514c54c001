import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ConfigMapList } from '@kubernetes/client-node';
import { expect } from 'chai';
import type { KubeClient } from '../../server/kubernetes/api/client.js';
import { eventually } from '../support/eventually.js';
import { connect, inNamespace, type Kubernetes } from '../support/kubernetes.js';
import { type Program, type ProgramOptions, startProgram } from '../support/program.js';
import { REAL } from '../support/target.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

/** How often the cluster is killed; each takes about a second. */
const KILLS = Number(process.env['K8S_CLI_TEST_KILLS'] ?? 20);
const WRITERS = 4;
/** The cluster is killed so long after the writers have begun, at most. */
const LATEST_KILL_MS = 250;
/** Every so often it is killed while it starts, too. */
const KILL_START_EVERY = 4;
const LATEST_START_MS = 400;
const PATH = '/api/v1/namespaces/default/configmaps';

/** What an object may be, by its name: undefined is not there. More than one while a write is not acknowledged. */
type Possible = Map<string, readonly (string | undefined)[]>;

interface Cluster {
  readonly program: Program;
  readonly client: KubeClient;
}

async function start(folder: TemporaryFolder, options: ProgramOptions = {}): Promise<Cluster> {
  const program = startProgram('cluster', ['--data-dir', folder.path], options);
  const [, kubeconfig = ''] = await program.seen('stdout', /^ready (.+)$/m);
  return { program, client: connect(kubeconfig) };
}

async function end({ program, client }: Cluster): Promise<void> {
  program.kill('SIGKILL');
  await program.ended;
  await client.close();
}

/** An object that shows when only a half of it was written. */
function objectOf(name: string, value: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { first: value, second: value } };
}

/** Creates, patches twice and sometimes deletes, one object after the other, until a call fails. */
async function write(client: KubeClient, possible: Possible, prefix: string): Promise<never> {
  const step = async (
    name: string,
    next: string | undefined,
    method: 'POST' | 'PATCH' | 'DELETE',
    body?: object,
  ): Promise<void> => {
    possible.set(name, [...(possible.get(name) ?? [undefined]), next]);
    const path = method === 'POST' ? PATH : `${PATH}/${name}`;
    await client.request({ method, path, ...(body === undefined ? {} : { body }), retry: false });
    possible.set(name, [next]);
  };
  for (let number = 0; ; number += 1) {
    const name = `${prefix}-${number}`;
    // Large enough for the store to be compacted now and then.
    const value = (): string => randomBytes(5000).toString('hex');
    const first = value();
    await step(name, first, 'POST', objectOf(name, first));
    for (let times = 0; times < 2; times += 1) {
      const next = value();
      await step(name, next, 'PATCH', { data: { first: next, second: next } });
    }
    if (number % 3 > 0) await step(name, undefined, 'DELETE');
  }
}

/** Makes the pod `runner`; returns what ends its program, which is then started again. */
async function createRunner(kubernetes: Kubernetes): Promise<() => void> {
  const script = `const server = require('node:net').createServer(() => process.exit(1));
    server.listen(0, process.env.ADDRESS, () => console.log(server.address().port));`;
  const env = [{ name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }];
  const container = { name: 'main', image: 'plain', command: [process.execPath, '-e', script], env };
  await kubernetes.create('pods', { metadata: { name: 'runner' }, spec: { containers: [container] } });
  const port = await eventually(async () => {
    const [line = ''] = (await kubernetes.podLog('runner')).split('\n');
    expect(line).to.match(/^\d+$/);
    return Number(line);
  });
  const address = (await kubernetes.get('pods', 'runner')).status?.podIP ?? '';
  return () => connectTo(port, address).on('error', () => {});
}

async function runsAgain(kubernetes: Kubernetes): Promise<void> {
  await eventually(async () => {
    const { status } = await kubernetes.get('pods', 'runner');
    expect(status).to.include({ phase: 'Running' }).and.not.to.have.property('reason');
    expect(status?.containerStatuses?.[0]?.restartCount).to.equal(1);
    expect(status?.containerStatuses?.[0]?.state).to.have.property('running');
  });
}

/** Creates objects of a size until one is refused. */
async function exhaust(client: KubeClient, size: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    const body = objectOf(`full-${size}-${number}`, 'x'.repeat(size));
    const refused = await client.request({ method: 'POST', path: PATH, body, retry: false }).then(
      () => false,
      () => true,
    );
    if (refused) return;
  }
}

/** Compares what is there with what may be; from then on nothing is in doubt. */
async function settle(client: KubeClient, possible: Possible): Promise<void> {
  const { body } = await client.request<V1ConfigMapList>({ method: 'GET', path: PATH });
  const found = new Map(body.items.map(({ metadata, data }) => [metadata?.name ?? '', data]));
  for (const [name, values] of possible) {
    const data = found.get(name);
    expect(data?.['second'], `${name} is whole`).to.equal(data?.['first']);
    expect(values.includes(data?.['first']), `${name} is what was acknowledged, or asked for last`).to.equal(true);
    possible.set(name, [data?.['first']]);
  }
  expect([...found.keys()].filter((name) => !possible.has(name))).to.deep.equal([]);
}

// A real cluster is neither killed nor filled by tests.
if (!REAL) {
  describe('what the embedded cluster has acknowledged', () => {
    let folder: TemporaryFolder;
    beforeEach(() => {
      folder = createTemporaryFolder();
    });
    afterEach(() => folder.remove());

    it(`is there after each of ${KILLS} kills at any moment, and nothing is there by half`, async function () {
      this.timeout(60_000 + KILLS * 30_000);
      const possible: Possible = new Map();
      for (let round = 0; round < KILLS; round += 1) {
        if (round % KILL_START_EVERY === 0) {
          const starting = startProgram('cluster', ['--data-dir', folder.path]);
          await sleep(Math.random() * LATEST_START_MS);
          starting.kill('SIGKILL');
          await starting.ended;
        }
        const cluster = await start(folder);
        await settle(cluster.client, possible);
        if (round % 10 === 9) {
          await cluster.client.request({ method: 'DELETE', path: PATH });
          for (const name of possible.keys()) possible.set(name, [undefined]);
        }
        let killed = false;
        const writing = Array.from({ length: WRITERS }, (_, writer) =>
          write(cluster.client, possible, `w${round}-${writer}`).catch((error: unknown) => {
            if (!killed) throw error;
          }),
        );
        await Promise.race([sleep(Math.random() * LATEST_KILL_MS), ...writing]);
        killed = true;
        await end(cluster);
        await Promise.all(writing);
      }
      const cluster = await start(folder);
      await settle(cluster.client, possible);
      expect(possible.size).to.be.at.least(KILLS * WRITERS);
      await end(cluster);
    });

    it('is there after the disk was full, which those who wrote were told', async () => {
      const limited = await start(folder, { through: ['prlimit', '--fsize=300000:', '--'] });
      const value = 'x'.repeat(20_000);
      const create = ({ client }: Cluster, name: string) =>
        client.request({ method: 'POST', path: PATH, body: objectOf(name, value), retry: false });
      const possible: Possible = new Map();
      const fill = async (): Promise<never> => {
        for (let number = 0; ; number += 1) {
          await create(limited, `full-${number}`);
          possible.set(`full-${number}`, [value]);
        }
      };
      const refusal = await fill().catch((error: Error) => error.message);
      expect(refusal).to.match(/the store could not be written: EFBIG.*: free some space/);
      expect(possible.size).to.be.greaterThan(3);
      await settle(limited.client, possible);
      await end(limited);
      const again = await start(folder);
      await settle(again.client, possible);
      await create(again, 'afterwards');
      await end(again);
    });

    it('lets a pod run whose state it cannot store, and stores that when there is room', async () => {
      const cluster = await start(folder, { through: ['prlimit', '--fsize=300000:', '--'] });
      const kubernetes = inNamespace(cluster.client, 'default');
      const endRun = await createRunner(kubernetes);
      // In the end not even a short line fits.
      await exhaust(cluster.client, 20_000);
      await exhaust(cluster.client, 100);
      endRun();
      await cluster.program.seen('stderr', /status of pod runner cannot be stored yet: .*EFBIG/);
      expect((await kubernetes.get('pods', 'runner')).status).to.include({ phase: 'Running' });
      execFileSync('prlimit', ['--pid', `${cluster.program.pid}`, '--fsize=unlimited:']);
      await runsAgain(kubernetes);
      await end(cluster);
    });

    it('starts a container again when there is room for that', async function () {
      // Only root may mount, and where root may not either, there is nothing to see.
      const mount = 'mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"';
      const through = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', mount, folder.path];
      if (spawnSync(through[0] ?? '', [...through.slice(1), 'true']).status !== 0) this.skip();
      const program = startProgram('cluster', ['--data-dir', folder.path], { through });
      await program.seen('stdout', /^ready /m);
      const seenFromHere = join(`/proc/${program.pid}/root`, folder.path);
      const client = connect(join(seenFromHere, 'kubeconfig'));
      const kubernetes = inNamespace(client, 'default');
      const endRun = await createRunner(kubernetes);
      expect(() => writeFileSync(join(seenFromHere, 'fill'), Buffer.alloc(8_000_000))).to.throw('ENOSPC');
      endRun();
      // What the container that ended had on the disk may be room for its state, but not for another one.
      await eventually(async () => {
        const { status } = await kubernetes.get('pods', 'runner');
        if (status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerError') return;
        expect(program.output.stderr).to.match(/status of pod runner cannot be stored yet: .*ENOSPC/);
      });
      rmSync(join(seenFromHere, 'fill'));
      await runsAgain(kubernetes);
      await end({ program, client });
    });
  });
}
