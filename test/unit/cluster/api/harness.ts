import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../../../../cluster/api/api.js';
import type { PodLogs } from '../../../../cluster/node/logs/pod-logs.js';
import { createObject } from '../../../../cluster/kinds/create.js';
import { Store } from '../../../../cluster/store/store.js';

/** What a call has come back with. */
export interface Reply {
  code: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the API answers
  body: any;
  headers: Headers;
}

/** An API over plain HTTP, with a store of its own and nothing that acts on it. */
export interface Harness {
  url: string;
  store: Store;
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  close: () => Promise<void>;
}

export const token = 'a-token-for-tests';
const noLogs: PodLogs = {
  async read() {
    throw new Error('this harness has no logs');
  },
};

export async function startHarness(logs: PodLogs = noLogs): Promise<Harness> {
  const directory = await mkdtemp(join(tmpdir(), 'api-'));
  const store = await Store.open(directory);
  createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const ending = new AbortController();
  const server = createServer(createApi({ store, logs, token, signal: ending.signal }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorization = `Bearer ${token}`;

  return {
    url,
    store,
    async call(method, path, body, headers = {}) {
      const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const response = await fetch(url + path, {
        method,
        headers: { Authorization: authorization, ...type, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
      return { code: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
    },
    async close() {
      ending.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

export const jobs = '/apis/batch/v1/namespaces/default/jobs';
export const configMaps = '/api/v1/namespaces/default/configmaps';

/** A Job that is accepted and does nothing. */
export function job(name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'python:3.13' }] } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { suspend: true, template, ...spec } };
}

export function configMap(name: string, labels: Record<string, string> = {}): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { a: 'b' } };
}
