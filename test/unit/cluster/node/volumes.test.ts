import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type VolumeContext, VolumeError, prepareVolumes, volumeMounts } from '../../../../cluster/node/volumes.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

const metadata = { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '', labels: { a: 'b' } };
const objects: Record<string, KubeObject> = {
  'configmaps/cm': { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'A', b: 'B' } },
  'persistentvolumeclaims/data': {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, uid: 'claim' },
    status: { phase: 'Bound' },
  },
  'secrets/s': { apiVersion: 'v1', kind: 'Secret', metadata, data: { key: 'a2V5' } },
};

describe('volumes', () => {
  let directory: string;
  let context: VolumeContext;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'volumes-test-'));
    context = {
      directory: join(directory, 'pod'),
      lookup: (resource, name) => objects[`${resource}/${name}`],
      dataDir: directory,
    };
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  const pod = (...volumes: object[]): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{}], volumes },
  });

  it('are directories of the claim, of the pod, or in memory', async () => {
    const prepared = await prepareVolumes(
      pod(
        { name: 'c', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'e', emptyDir: {} },
        { name: 'm', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      ),
      context,
    );
    expect(prepared.get('c')).to.deep.equal({ path: join(directory, 'volumes', 'claim'), readOnly: false });
    expect((await stat(prepared.get('e')?.path ?? '')).isDirectory()).to.equal(true);
    expect(prepared.get('m')).to.deep.equal({ readOnly: false, sizeBytes: 1_048_576 });
  });

  it('have the entries of ConfigMaps and Secrets as files', async () => {
    const items = [{ key: 'a', path: 'deep/x', mode: 0o600 }];
    const prepared = await prepareVolumes(
      pod(
        { name: 'cm', configMap: { name: 'cm', items, defaultMode: 0o644 } },
        { name: 's', secret: { secretName: 's', defaultMode: 0o644 } },
        { name: 'o', configMap: { name: 'none', optional: true } },
      ),
      context,
    );
    const file = (name: string, path: string): string => join(prepared.get(name)?.path ?? '', path);
    expect(await readFile(file('cm', 'deep/x'), 'utf8')).to.equal('A');
    expect((await stat(file('cm', 'deep/x'))).mode & 0o777).to.equal(0o600);
    expect(await readFile(file('s', 'key'), 'utf8')).to.equal('key');
    expect(prepared.get('s')?.readOnly).to.equal(true);
  });

  it('say what is missing in the words of the kubelet', async () => {
    const message = async (volume: object): Promise<string> => {
      const error = await prepareVolumes(pod({ name: 'v', ...volume }), context).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(VolumeError);
      return error instanceof Error ? error.message : '';
    };
    const start = 'MountVolume.SetUp failed for volume "v" : ';
    expect(await message({ configMap: { name: 'none' } })).to.equal(`${start}configmap "none" not found`);
    expect(await message({ secret: { secretName: 's', items: [{ key: 'x', path: 'x' }] } })).to.equal(
      `${start}references non-existent secret key: x`,
    );
  });

  it('are mounted without a way out of them', async () => {
    const prepared = await prepareVolumes(pod({ name: 'c', persistentVolumeClaim: { claimName: 'data' } }), context);
    const mount = { name: 'c', mountPath: '/data/', subPath: '../../etc', readOnly: true };
    expect(await volumeMounts({ volumeMounts: [mount] }, prepared)).to.deep.equal([
      { source: join(directory, 'volumes', 'claim', 'etc'), target: '/data', file: false, readOnly: true },
    ]);
  });
});
