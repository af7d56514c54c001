import { expect } from 'chai';
import type { LogOptions } from '../../../../cluster/node/logs/log-reader.js';
import type { PodLogs } from '../../../../cluster/node/logs/pod-logs.js';
import { badRequest } from '../../../../cluster/store/status-error.js';
import { type Harness, startHarness, token } from './harness.js';

const path = '/api/v1/namespaces/default/pods/p/log';

describe('logs', () => {
  let api: Harness;
  let asked: { container: string; options: LogOptions; signal: AbortSignal }[];
  let output: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  const logs: PodLogs = {
    read(_pod, container, options, signal) {
      asked.push({ container, options, signal });
      return output(signal);
    },
  };

  beforeEach(async () => {
    asked = [];
    output = async function* lines() {
      yield Buffer.from('one\n');
      yield Buffer.from([0xff, 0x00]);
    };
    api = await startHarness(logs);
    await api.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'main' }] },
    });
  });
  afterEach(() => api.close());

  it('are the bytes of the container, as plain text', async () => {
    const response = await fetch(`${api.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
    expect(response.headers.get('content-type')).to.equal('text/plain');
    expect([...new Uint8Array(await response.arrayBuffer())]).to.deep.equal([...Buffer.from('one\n'), 0xff, 0x00]);
    expect(asked[0]?.container).to.equal('main');
    expect(asked[0]?.options).to.deep.equal({ follow: false, timestamps: false, previous: false });
  });

  it('take all the parameters', async () => {
    const query =
      'container=x&follow=true&timestamps=1&previous=true&tailLines=0&limitBytes=5&sinceTime=2026-01-02T03:04:05Z';
    await api.call('GET', `${path}?${query}`);
    expect(asked[0]?.container).to.equal('x');
    expect(asked[0]?.options).to.deep.equal({
      follow: true,
      timestamps: true,
      previous: true,
      tailLines: 0,
      limitBytes: 5,
      sinceTime: '2026-01-02T03:04:05Z',
    });
  });

  const refused: [string, number][] = [
    ['tailLines=-1', 422],
    ['tailLines=x', 400],
    ['sinceSeconds=0', 422],
    ['limitBytes=0', 422],
    ['sinceTime=x', 400],
    ['sinceSeconds=1&sinceTime=2026-01-02T03:04:05Z', 422],
  ];
  for (const [query, code] of refused) {
    it(`refuse ${query} with ${code}`, async () => {
      expect((await api.call('GET', `${path}?${query}`)).code).to.equal(code);
      expect(asked).to.deep.equal([]);
    });
  }

  it('answer with a Status when there are none yet', async () => {
    // eslint-disable-next-line require-yield
    output = async function* waiting() {
      throw badRequest('container "main" in pod "p" is waiting to start: ContainerCreating');
    };
    const { code, body } = await api.call('GET', path);
    expect([code, body.kind, body.message]).to.deep.equal([
      400,
      'Status',
      'container "main" in pod "p" is waiting to start: ContainerCreating',
    ]);
    expect((await api.call('GET', path.replace('/p/', '/none/'))).code).to.equal(404);
  });

  it('want a container by name when there are several', async () => {
    await api.store.update('pods', 'default', 'p', ({ spec }) => {
      spec.containers.push({ name: 'side' });
    });
    const { code, body } = await api.call('GET', path);
    expect([code, body.message]).to.deep.equal([
      400,
      'a container name must be specified for pod p, choose one of: [main side]',
    ]);
  });

  it('stop being read when the client goes', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    output = async function* endless(signal) {
      try {
        yield Buffer.from('first\n');
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      } finally {
        release();
      }
    };
    const stop = new AbortController();
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${api.url}${path}?follow=true`, { headers, signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
    await released;
  });
});
