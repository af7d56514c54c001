import { expect } from 'chai';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { type Harness, configMaps, startHarness, token } from './harness.js';

describe('a watch', () => {
  let api: Harness;
  beforeEach(async () => {
    api = await startHarness();
  });
  afterEach(() => api.close());

  const create = (name: string, size = 1): void => {
    const metadata = { name, namespace: 'default' };
    api.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'x'.repeat(size) } });
  };
  /** More than the system takes for a client that reads nothing. */
  const createLarge = (): void => {
    for (let index = 0; index < 60; index += 1) create(`large-${index}`, 500_000);
  };
  /** More events than are kept for a client: the watch ends. */
  const createMany = (): void => {
    for (let index = 0; index < 1100; index += 1) create(`small-${index}`);
  };
  /** Nothing is read of it before somebody asks for its events. */
  const open = async (query: string): Promise<IncomingMessage> => {
    const headers = { authorization: `Bearer ${token}` };
    const call = request(`${api.url}${configMaps}?watch=true&allowWatchBookmarks=true&${query}`, { headers });
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    return response;
  };
  const typesOf = async (response: IncomingMessage): Promise<string[]> => {
    const types: string[] = [];
    for await (const line of createInterface({ input: response })) types.push(JSON.parse(line).type);
    return types;
  };

  describe('that lets a slow client go', () => {
    it('does not say that the client has got the events that it drops', async () => {
      const slow = await open(`resourceVersion=${api.store.revision}&timeoutSeconds=3`);
      createLarge();
      const later = await open(`resourceVersion=${api.store.revision}&timeoutSeconds=3`);
      // When it gets its bookmark, that of the slow one is due, too.
      expect(String((await once(later, 'data'))[0])).to.contain('BOOKMARK');
      later.destroy();
      createMany();
      const types = await typesOf(slow);
      expect(types).to.have.length.below(60);
      expect(types).to.not.include('BOOKMARK');
    });

    it('does not say either that these were all objects in the middle of them', async () => {
      createLarge();
      const slow = await open('sendInitialEvents=true&resourceVersionMatch=NotOlderThan');
      createMany();
      const types = await typesOf(slow);
      expect(types).to.have.length.below(60);
      expect(types).to.not.include('BOOKMARK');
    });
  });
});
