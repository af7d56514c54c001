import { expect } from 'chai';
import type { PodLogs } from '../../../../cluster/node/logs/pod-logs.js';
import { type Harness, startHarness, token } from './harness.js';

const path = '/api/v1/namespaces/default/pods/p/log';

describe('logs', () => {
  let api: Harness;
  let output: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  const logs: PodLogs = {
    read: async (_pod, _container, _options, signal) => output(signal),
  };

  beforeEach(async () => {
    api = await startHarness(logs);
    api.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'main' }] },
    });
  });
  afterEach(() => api.close());

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

  it('begin to be answered before there are any', async () => {
    output = async function* silent(signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      yield Buffer.from('too late\n');
    };
    const stop = new AbortController();
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${api.url}${path}?follow=true`, { headers, signal: stop.signal });
    expect([response.status, response.headers.get('content-type')]).to.deep.equal([200, 'text/plain']);
    stop.abort();
  });

  it('break off when they cannot be read on, and do not seem to end', async () => {
    output = async function* broken() {
      yield Buffer.from('first\n');
      throw new Error('EIO: i/o error, read');
    };
    const response = await fetch(`${api.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
    const outcome = await response.text().catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(TypeError);
  });
});
