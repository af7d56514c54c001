import { expect } from 'chai';
import type { LaunchRequest } from '../../../../server/domain/ports.js';
import { secretObjects } from '../../../../server/kubernetes/manifests/secret.js';
import { pathsOf } from '../../../../server/kubernetes/paths.js';
import { recordObject } from '../../../../server/kubernetes/record.js';
import { createSubmissionSource } from '../../../../server/kubernetes/submissions.js';
import { KubeStub } from '../../../support/server/kube-stub.js';
import { MemoryApi } from '../../../support/server/memory-api.js';
import { ANYWHERE, NO_SECRETS, spec } from '../../../support/server/specs.js';
import { record, T0 } from '../../../support/server/views.js';

const PATHS = pathsOf('default');

describe('what tasks were asked to do', () => {
  const { signal } = new AbortController();
  let stub: KubeStub;

  beforeEach(async () => {
    const api = new MemoryApi();
    stub = await KubeStub.start((seen, response) => api.answer(seen, response));
  });
  afterEach(() => stub.stop());

  async function store(over: Partial<LaunchRequest>, withSecrets = true): Promise<LaunchRequest> {
    const request: LaunchRequest = {
      id: 'abc12345',
      user: 'ann',
      name: 'demo',
      spec: spec(),
      secrets: NO_SECRETS,
      mounts: [],
      placement: ANYWHERE,
      fingerprint: 'print',
      requestId: '',
      createdAtMs: T0,
      ...over,
    };
    const post = (path: string, body: object): Promise<unknown> => stub.client.request({ method: 'POST', path, body });
    await post(PATHS.configMaps, recordObject(request));
    const objects = withSecrets ? secretObjects({ ...request, uid: 'u', attempt: 0 }, request.secrets) : [];
    for (const object of objects) await post(PATHS.secrets, object);
    return request;
  }

  const read = (uid: string | undefined = 'u'): ReturnType<ReturnType<typeof createSubmissionSource>['of']> =>
    createSubmissionSource(stub.client, PATHS).of(record({ uid }), signal);

  it('are read from the record and the Secrets', async () => {
    const secrets = {
      values: { TOKEN: 'grün\n', EMPTY: '' },
      registry: { server: 'registry.example', username: 'ann', password: 'p:w' },
    };
    const asked = spec({ run: 'true', numNodes: 2, secretNames: ['TOKEN', 'EMPTY'], hasRegistryLogin: true });
    await store({ spec: asked, secrets });
    const found = await read();
    expect(found?.secrets).to.deep.equal(secrets);
    expect(found?.spec).to.deep.equal(JSON.parse(JSON.stringify(asked)));
  });

  it('need no Secret where nothing is secret', async () => {
    await store({});
    expect((await read())?.secrets).to.deep.equal(NO_SECRETS);
  });

  it('are not known where the record, a Secret or both are gone', async () => {
    expect(await read()).to.equal(undefined);
    const secrets = { values: { TOKEN: 'x' }, registry: undefined };
    await store({ spec: spec({ secretNames: ['TOKEN'] }), secrets }, false);
    expect(await read()).to.equal(undefined);
    expect(await createSubmissionSource(stub.client, PATHS).of({ ...record(), uid: undefined }, signal)).to.equal(
      undefined,
    );
  });
});
