import { expect } from 'chai';
import { TaskCache } from '../../../../../server/kubernetes/cache/cache.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { Rendezvous } from '../../../../../server/kubernetes/chores/rendezvous.js';
import { recordObject } from '../../../../../server/kubernetes/record.js';
import type { RawConfigMap, RawPod } from '../../../../../server/kubernetes/objects.js';
import { eventually } from '../../../../support/eventually.js';
import { json, KubeStub, refuse } from '../../../../support/server/kube-stub.js';
import { MemoryApi } from '../../../../support/server/memory-api.js';
import { ANYWHERE, NO_SECRETS, spec } from '../../../../support/server/specs.js';
import { T0 } from '../../../../support/server/views.js';

const PATHS = pathsOf('default');
const RECORD = recordObject({
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
});

describe('Rendezvous', () => {
  let api: MemoryApi;
  let stub: KubeStub;
  let cache: TaskCache;
  let stop: AbortController;
  let running: Promise<unknown>;
  let nowMs: number;
  /** Whether time goes on by itself. */
  let refused: boolean;
  const logged: string[] = [];

  beforeEach(async () => {
    api = new MemoryApi();
    refused = false;
    nowMs = T0;
    stub = await KubeStub.start((request, response) => {
      if (request.query.has('watch')) response.writeHead(200).flushHeaders();
      else if (request.method === 'GET' && Object.values(PATHS).includes(request.path)) {
        json(response, { metadata: { resourceVersion: '900' }, items: [] });
      } else if (request.method === 'PATCH' && refused) refuse(response, 403, 'Forbidden', 'may not patch');
      else api.answer(request, response);
    });
    cache = new TaskCache(stub.client, PATHS);
    const time = {
      now: (): number => nowMs,
      wait: async (ms: number, signal: AbortSignal): Promise<boolean> => {
        nowMs += ms;
        await new Promise((resolve) => setTimeout(resolve, 1));
        return !signal.aborted;
      },
    };
    const rendezvous = new Rendezvous(stub.client, PATHS, cache, (text) => logged.push(text), time);
    stop = new AbortController();
    running = Promise.all([cache.run(stop.signal), rendezvous.run(stop.signal)]);
    await cache.ready(stop.signal);
    const { body } = await stub.client.request<RawConfigMap>({ method: 'POST', path: PATHS.configMaps, body: RECORD });
    cache.applyRecord(body);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await stub.stop();
  });

  /** Shows the pod of a node; `started` is undefined for one without setup. */
  async function show(index: number, podIP: string | undefined, started?: boolean, phase = 'Running'): Promise<void> {
    const name = `pod-${index}`;
    const path = `${PATHS.pods}/${name}`;
    const labels = { 'skypilot-task': 'true', 'task-id': 'abc12345', 'node-idx': String(index) };
    const probe = started === undefined ? {} : { startupProbe: {} };
    const status = { phase, podIP, containerStatuses: [{ name: 'task', started: started ?? true }] };
    const changes = { metadata: { name, labels }, spec: { containers: [{ name: 'task', ...probe }] }, status };
    const known = api.objects.has(path);
    const { body } = await stub.client.request<RawPod>({
      method: known ? 'PATCH' : 'POST',
      path: known ? path : PATHS.pods,
      body: changes,
    });
    cache.applyPod(body);
  }

  const told = (index: number): string | undefined => {
    const { annotations } = (api.objects.get(`${PATHS.pods}/pod-${index}`)?.metadata ?? {}) as {
      annotations?: Record<string, string>;
    };
    return annotations?.['k8s-cli/peers'];
  };

  it('tells every node all addresses, and to run, when all have one', async () => {
    await show(1, '10.0.0.2');
    await show(0, '10.0.0.1');
    await eventually(async () => expect([told(0), told(1)]).to.deep.equal(Array(2).fill('run\n10.0.0.1 10.0.0.2\n\n')));
  });

  it('tells to run only when setup is done everywhere', async () => {
    await show(0, '10.0.0.1', false);
    await show(1, '10.0.0.2', true);
    await eventually(() =>
      expect([told(0), told(1)].every((text) => text?.startsWith('setup\n10.0.0.1 10.0.0.2\n'))).to.equal(true),
    );
    await show(0, '10.0.0.1', true);
    await eventually(async () => expect([told(0), told(1)]).to.deep.equal(Array(2).fill('run\n10.0.0.1 10.0.0.2\n\n')));
  });

  it('tells who is missing, after some time', async () => {
    await show(0, '10.0.0.1');
    await eventually(async () => expect(told(0)).to.equal('wait\n\nnode-1 to start\n'));
    expect(nowMs - T0).to.be.at.least(5000);
  });

  it('tells that it will never begin when a node has ended', async () => {
    await show(0, '10.0.0.1', false);
    await show(1, '10.0.0.2', false, 'Failed');
    await eventually(async () => expect(told(0)).to.equal('lost\n\nnode-1 ended before it\n'));
    expect(told(1)).to.equal(undefined);
  });

  it('says what keeps it from telling, and tries again', async () => {
    refused = true;
    api.objects.clear();
    await show(0, '10.0.0.1');
    await show(1, '10.0.0.2');
    await eventually(async () => expect(logged.join()).to.contain('may not patch'));
    refused = false;
    await eventually(async () => expect(told(0)).to.match(/^run\n/));
  });
});
