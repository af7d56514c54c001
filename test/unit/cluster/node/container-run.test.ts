import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type PodView, runContainer } from '../../../../cluster/node/container-run.js';
import { LogStore } from '../../../../cluster/node/logs/pod-logs.js';
import type { LimitedGroup } from '../../../../cluster/node/process/control-groups.js';
import { createEventRecorder } from '../../../../cluster/store/events.js';
import type { KubeObject } from '../../../../cluster/store/object.js';
import { Store } from '../../../../cluster/store/store.js';

const container = { name: 'main', command: ['echo', 'here'], resources: { limits: { memory: '64Mi' } } };
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'team', uid: 'uid', resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [container] },
};

describe('a run of a container that cannot be launched', () => {
  const never = new AbortController().signal;
  let dataDir: string;
  let store: Store;
  let logs: LogStore;
  let view: PodView;
  let directory: string;
  /** The control groups that are there. */
  const groups = new Set<string>();

  beforeEach(async () => {
    groups.clear();
    dataDir = await realpath(await mkdtemp(join(tmpdir(), 'run-test-')));
    store = await Store.open(dataDir);
    const podsDirectory = join(dataDir, 'pods');
    directory = join(podsDirectory, 'uid', 'main.0.container');
    logs = new LogStore(podsDirectory);
    const create = async (name: string): Promise<LimitedGroup> => {
      groups.add(name);
      const remove = async (): Promise<void> => void groups.delete(name);
      return { joinFiles: [], ranOutOfMemory: async () => false, remove };
    };
    view = {
      context: {
        store,
        events: createEventRecorder(store, never),
        logs,
        isolation: { isolation: 'none', reasons: [] },
        limits: { groups: { create, remove: async () => undefined }, unlimited: [], problem: '' },
        dataDir,
        podsDirectory,
      },
      pod,
      volumes: new Map(),
      hostsFile: '/etc/hosts',
      lookup: () => undefined,
      ending: never,
      publish: async () => undefined,
      event: () => undefined,
    };
  });

  afterEach(async () => {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** The log as it is followed after the end of the container. */
  const followed = async (): Promise<string> => {
    const state = { terminated: { exitCode: 0 } };
    const status = { containerStatuses: [{ name: 'main', restartCount: 0, state, lastState: {} }] };
    let text = '';
    for await (const piece of await logs.read({ ...pod, status }, 'main', { follow: true }, never)) {
      text += Buffer.from(piece).toString();
    }
    return text;
  };
  const failureOf = (run: Promise<unknown>): Promise<Error> =>
    run.then(
      () => expect.fail('it was launched'),
      (error: Error) => error,
    );

  it('leaves nothing behind, its log ends, and it can be tried again', async () => {
    // What the pipe of its output cannot be made in the place of.
    await mkdir(join(directory, 'stdout'), { recursive: true });
    expect((await failureOf(runContainer(view, container, 0))).message).to.contain('mkfifo');
    expect(await followed()).to.equal('');
    expect([...groups]).to.deep.equal([]);
    expect(existsSync(directory)).to.equal(false);
    const { terminated } = await runContainer(view, container, 0);
    expect((await terminated).exitCode).to.equal(0);
    expect(await followed()).to.equal('here\n');
  });

  it('leaves no control group behind where its environment cannot be made either', async () => {
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'missing', key: 'a' } } }];
    expect((await failureOf(runContainer(view, { ...container, env }, 0))).message).to.contain('missing');
    expect([...groups]).to.deep.equal([]);
  });
});
