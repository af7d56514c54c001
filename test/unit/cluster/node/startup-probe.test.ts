import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { startControllers } from '../../../../cluster/controllers/start-controllers.js';
import { startNode, type RunningNode } from '../../../../cluster/node/node.js';
import type { Exit } from '../../../../cluster/node/process/container-process.js';
import type { ContainerExec } from '../../../../cluster/node/process/exec.js';
import { probeStart } from '../../../../cluster/node/startup-probe.js';
import { createEventRecorder } from '../../../../cluster/store/events.js';
import { createObject } from '../../../../cluster/kinds/create.js';
import type { KubeObject } from '../../../../cluster/store/object.js';
import { Store } from '../../../../cluster/store/store.js';
import { createJob, podOf, settled, until } from '../controllers/fixtures.js';

describe('a container with a startup probe and a view of its own pod', () => {
  let dataDir: string;
  let store: Store;
  let node: RunningNode;
  const end = new AbortController();

  before(async () => {
    dataDir = await realpath(await mkdtemp(join(tmpdir(), 'probe-test-')));
    store = await Store.open(dataDir);
    const events = createEventRecorder(store, end.signal);
    node = await startNode({ store, events, dataDir, signal: end.signal });
    createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    startControllers({ store, events, signal: end.signal });
  });

  after(async () => {
    await node.stop();
    end.abort();
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const status = (name: string): KubeObject['status'] => podOf(store, name)?.status?.containerStatuses?.[0];
  const when = (name: string, holds: (own: KubeObject['status']) => boolean): Promise<unknown> =>
    until(store, ['pods'], () => (status(name) !== undefined && holds(status(name)) ? podOf(store, name) : undefined));

  it('is started when its probe says so, and sees what its annotations become', async () => {
    const script =
      'cd /own; until [ -s told ]; do sleep 0.05; done; : >/tmp/ready; until grep -q enough told; do sleep 0.05; done';
    createJob(store, 'probed', ['sh', '-c', script], {
      container: {
        startupProbe: {
          exec: { command: ['sh', '-c', '[ -e /tmp/ready ]'] },
          periodSeconds: 1,
          failureThreshold: 1000,
        },
        volumeMounts: [{ name: 'own', mountPath: '/own' }],
      },
      pod: {
        volumes: [
          {
            name: 'own',
            downwardAPI: { items: [{ path: 'told', fieldRef: { fieldPath: "metadata.annotations['told']" } }] },
          },
        ],
      },
    });
    await when('probed', ({ state }) => state.running !== undefined);
    expect(status('probed')).to.include({ started: false, ready: false });
    const tell = async (text: string): Promise<void> => {
      const { name } = (podOf(store, 'probed') as KubeObject).metadata;
      store.update(store.existing('pods', 'team', name), (draft) => {
        draft.metadata.annotations = { ...draft.metadata.annotations, told: text };
        return undefined;
      });
    };
    await tell('something');
    await when('probed', ({ started, ready }) => started === true && ready === true);
    await tell('enough');
    expect((await settled(store, 'probed')).status).to.include({ succeeded: 1 });
  });

  it('is ended when its probe has failed too often', async () => {
    const script = 'trap "exit 9" TERM; : >/tmp/deaf; while :; do sleep 0.05; done';
    // Fails when the program can be told.
    const command = ['sh', '-c', 'until [ -e /tmp/deaf ]; do sleep 0.05; done; false'];
    createJob(store, 'hopeless', ['sh', '-c', script], {
      container: { startupProbe: { exec: { command }, periodSeconds: 1, timeoutSeconds: 100, failureThreshold: 1 } },
    });
    await settled(store, 'hopeless');
    expect(status('hopeless').state.terminated).to.include({ exitCode: 9 });
  });

  it('is killed when its probe has failed too often and it ignores SIGTERM', async () => {
    const deaf = `/tmp/deaf-${process.pid}`;
    const script = `trap "" TERM; : >${deaf}; while :; do sleep 0.05; done`;
    const command = ['sh', '-c', `until [ -e ${deaf} ]; do sleep 0.05; done; rm ${deaf}; false`];
    createJob(store, 'stubborn', ['sh', '-c', script], {
      container: { startupProbe: { exec: { command }, periodSeconds: 1, timeoutSeconds: 100, failureThreshold: 1 } },
    });
    await settled(store, 'stubborn');
    expect(status('stubborn').state.terminated).to.include({ exitCode: 137 });
  });
});

describe('a startup probe', () => {
  it('is ended with what it waits for, in the middle of its program too', async () => {
    const over = new AbortController();
    let exit: (exit: Exit) => void = () => undefined;
    const exited = new Promise<Exit>((resolve) => (exit = resolve));
    const running: ContainerExec = {
      stdin: undefined,
      stdout: Readable.from([]),
      stderr: Readable.from([]),
      started: Promise.resolve(),
      exited,
      resize: () => undefined,
      kill: () => exit({ exitCode: 137 }),
    };
    const probe = { exec: { command: ['wait'] }, periodSeconds: 1, timeoutSeconds: 1000, failureThreshold: 1 };
    const run = async (): Promise<ContainerExec> => {
      // By then it waits for the end of its program.
      setImmediate(() => over.abort());
      return running;
    };
    expect(await probeStart(probe, run, over.signal)).to.equal(undefined);
  });
});
