import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObject } from '../../../../cluster/kinds/create.js';
import type { KubeObject, NewObject } from '../../../../cluster/store/object.js';
import { StatusError } from '../../../../cluster/store/status-error.js';
import { Store } from '../../../../cluster/store/store.js';

type Fields = Record<string, unknown>;

describe('creating objects', () => {
  let directory: string;
  let store: Store;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'create-'));
    store = await Store.open(directory);
    createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const create = (resource: string, fields: Fields, metadata: Fields = { name: 'x' }): KubeObject =>
    createObject(store, resource, { ...fields, metadata: { namespace: 'default', ...metadata } } as NewObject);
  const refusal = (attempt: () => unknown): StatusError => {
    try {
      attempt();
    } catch (error) {
      if (error instanceof StatusError) return error;
      throw error;
    }
    throw new Error('the object was accepted');
  };
  const containers = [{ name: 'a', image: 'b' }];
  const template = { spec: { restartPolicy: 'Never', containers } };

  const job = (spec: Fields): [string, Fields] => ['jobs', { spec: { template, ...spec } }];
  const refused: [string, [string, Fields], string[]][] = [
    [
      'a Service that is not headless',
      ['services', { spec: {} }],
      ['spec.clusterIP: Forbidden: the embedded cluster has headless Services only: set clusterIP to None'],
    ],
    [
      'an indexed Job',
      job({ completionMode: 'Indexed', completions: 2 }),
      ['spec.completionMode: Forbidden: the embedded cluster runs Jobs of mode NonIndexed only'],
    ],
  ];
  for (const [what, [resource, fields], causes] of refused) {
    it(`refuses ${what}`, () => {
      const { details } = refusal(() => create(resource, fields));
      expect(details?.causes?.map(({ field, message }) => `${field}: ${message}`)).to.deep.equal(causes);
      expect(store.list(resource)).to.deep.equal([]);
    });
  }

  describe('under a quota', () => {
    const quota = (hard: Record<string, string>) => create('resourcequotas', { spec: { hard } }, { name: 'q' });

    it('refuses the one that is too many', () => {
      quota({ 'count/jobs.batch': '2' });
      for (const name of ['a', 'b']) create('jobs', { spec: { template } }, { name });
      expect(refusal(() => create('jobs', { spec: { template } }, { name: 'c' })).message).to.equal(
        'jobs.batch "c" is forbidden: exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=2, limited: count/jobs.batch=2',
      );
    });

    it('wants pods to say what they need, and adds it up', () => {
      quota({ 'requests.cpu': '1' });
      const asking = (cpu?: string) => ({
        spec: {
          containers: [{ ...containers[0], ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) }],
        },
      });
      expect(refusal(() => create('pods', asking())).message).to.equal(
        'pods "x" is forbidden: failed quota: q: must specify requests.cpu for: a',
      );
      create('pods', asking('600m'), { name: 'first' });
      expect(refusal(() => create('pods', asking('0.5'))).message).to.equal(
        'pods "x" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
      );
    });
  });
});
