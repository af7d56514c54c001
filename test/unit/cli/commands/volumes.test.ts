import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { type CreateVolumeRequest, VolumeStatus } from '../../../../gen/k8scli/v1/volume_service.js';
import { grpcError } from '../../client/support/scripted-server.js';
import { useServer } from '../support/fixture.js';

const VOLUME = VolumeStatus.fromPartial({
  volumeId: 'vol00001',
  name: 'training-data',
  size: '10Gi',
  storageClass: 'standard',
  accessModes: ['ReadWriteOnce'],
  status: 'Bound',
  createdAt: { seconds: 1_700_000_000n },
  username: 'alice',
  metadata: { pvcName: 'training-data-vol00001', namespace: 'default' },
});

const PLAIN = {
  name: 'data',
  size: '',
  storageClass: '',
  accessModes: [],
  labels: {},
  useExisting: false,
  namespace: '',
  cluster: '',
};

describe('k8s-cli volumes', () => {
  const fixture = useServer();

  it('creates a volume', async () => {
    const requests: unknown[] = [];
    await fixture.serve({
      unary: {
        createVolume: ({ requestId, ...request }: { requestId: string }) => {
          expect(requestId).to.not.equal('');
          requests.push(request);
          return { volumeId: 'vol00001', status: 'created', message: 'created', warnings: [] };
        },
      },
    });
    const plain = await fixture.cli(['volumes', 'create', 'data', '10Gi']);
    expect(plain).to.include({ exitCode: 0, stdout: 'Volume vol00001 created\n', stderr: '' });
    await fixture.cli(['volumes', 'create', 'data', '10', '-s', 'fast', '-a', 'ReadWriteMany,ReadOnlyMany']);
    expect(requests).to.deep.equal([
      { ...PLAIN, size: '10Gi' },
      { ...PLAIN, size: '10', storageClass: 'fast', accessModes: ['ReadWriteMany', 'ReadOnlyMany'] },
    ]);
  });

  it('says of a creation what it warns of', async () => {
    const warnings = ['there is no StorageClass "fast"'];
    await fixture.serve({
      unary: { createVolume: () => ({ volumeId: 'vol00001', status: 'created', message: '', warnings }) },
    });
    const told = await fixture.cli(['volumes', 'create', 'data', '10Gi', '-s', 'fast', '-o', 'name']);
    expect(told).to.include({
      exitCode: 0,
      stdout: 'vol00001\n',
      stderr: 'warning: there is no StorageClass "fast"\n',
    });
  });

  it('says what is wrong by the names of its own words', async () => {
    const violations = ['name', 'size', 'storage_class', 'access_modes', 'constructor'].map((field) => ({
      field,
      description: 'is wrong',
    }));
    await fixture.serve({
      unary: {
        createVolume: () => {
          throw grpcError(status.INVALID_ARGUMENT, 'wrong', { violations });
        },
      },
    });
    const told = await fixture.cli(['volumes', 'create', 'data', '10Gi']);
    expect(told.exitCode).to.equal(2);
    expect(told.stderr.split('\n')).to.deep.equal([
      'k8s-cli: name: is wrong',
      'k8s-cli: size: is wrong',
      'k8s-cli: --storage-class: is wrong',
      'k8s-cli: --access-modes: is wrong',
      'k8s-cli: constructor: is wrong',
      '',
    ]);
  });

  describe('apply', () => {
    const file = (name: string, text: string): string => {
      const path = join(fixture.dir, name);
      writeFileSync(path, text);
      return path;
    };

    it('creates what the files say, and leaves what is there as it is', async () => {
      const requests: unknown[] = [];
      await fixture.serve({
        unary: {
          createVolume: ({ requestId, ...request }: CreateVolumeRequest) => {
            expect(requestId).to.not.equal('');
            requests.push(request);
            if (request.name !== 'there') {
              return { volumeId: request.useExisting ? '' : 'vol00001', status: '', message: '', warnings: [] };
            }
            const metadata = { volume_id: 'vol00002' };
            throw grpcError(status.ALREADY_EXISTS, 'exists', { reason: 'VOLUME_EXISTS', metadata });
          },
        },
      });
      const result = await fixture.cli([
        'volumes',
        'apply',
        file(
          'a.yaml',
          'name: data\ntype: k8s-pvc\ninfra: k8s/prod\nsize: 10\nlabels: {a: b}\nconfig: {storage_class_name: fast, access_mode: ReadWriteMany, namespace: team, cleanup_on_deletion: true}',
        ),
        file('b.yaml', 'name: there\ntype: k8s-pvc\nsize: 1Gi'),
        file('c.yaml', 'name: claim\ntype: k8s-pvc\nuse_existing: true'),
      ]);
      expect(result).to.include({ exitCode: 0, stdout: 'Volume vol00001 created\nVolume claim is there\n' });
      expect(result.stderr.split('\n')).to.have.length(3);
      expect(result.stderr).to.match(/^warning: .*a\.yaml:6:\d+: config\.cleanup_on_deletion: ignored: /);
      expect(result.stderr).to.match(/\nVolume there is there already \(vol00002\) and stays as it is\n$/);
      expect(requests).to.deep.equal([
        {
          ...PLAIN,
          size: '10Gi',
          storageClass: 'fast',
          accessModes: ['ReadWriteMany'],
          labels: { a: 'b' },
          namespace: 'team',
          cluster: 'prod',
        },
        { ...PLAIN, name: 'there', size: '1Gi' },
        { ...PLAIN, name: 'claim', size: '', useExisting: true },
      ]);
    });

    it('says what is wrong with each file, and creates nothing', async () => {
      let calls = 0;
      await fixture.serve({ unary: { createVolume: () => (calls += 1) } });
      const good = file('good.yaml', 'name: a\ntype: k8s-pvc\nsize: 1');
      const bad = file('bad.yaml', 'name: a\ntype: k8s-hostpath\nsize: lots');
      const result = await fixture.cli(['volumes', 'apply', good, bad]);
      expect(result).to.include({ exitCode: 2, stdout: '' });
      expect(result.stderr.split('\n').map((line) => line.replace(/; .*/, ''))).to.deep.equal([
        `${bad}:2:7: type: directories of the cluster's machines cannot be mounted`,
        '    type: k8s-hostpath',
        '          ^',
        `${bad}:3:7: size: "lots" is not a size`,
        '    size: lots',
        '          ^',
        'Nothing was created.',
        '',
      ]);
      expect(calls).to.equal(0);
    });
  });

  it('says each thing that is wrong on a line of its own', async () => {
    const violations = [
      { field: 'name', description: '"A" must be lower case' },
      { field: 'size', description: '"x" is no size' },
    ];
    await fixture.serve({
      unary: {
        createVolume: () => {
          throw grpcError(status.INVALID_ARGUMENT, 'two errors', { violations });
        },
      },
    });
    const result = await fixture.cli(['volumes', 'create', 'A', 'x']);
    expect(result.exitCode).to.equal(2);
    expect(result.stderr).to.equal('k8s-cli: name: "A" must be lower case\nk8s-cli: size: "x" is no size\n');
  });

  it('lists the volumes of all pages', async () => {
    const tokens: string[] = [];
    await fixture.serve({
      unary: {
        listVolumes: ({ pageToken }: { pageToken: string }) => {
          tokens.push(pageToken);
          return { volumes: [VOLUME], nextPageToken: pageToken === '' ? 'second' : '' };
        },
      },
    });
    const result = await fixture.cli(['volumes', 'list']);
    expect(result.stdout).to.equal(
      [
        'ID\tNAME\tSIZE\tSTATUS\tACCESS\tCREATED\tREASON',
        'vol00001\ttraining-data\t10Gi\tBound\tReadWriteOnce\t2023-11-14T22:13:20Z\t',
        'vol00001\ttraining-data\t10Gi\tBound\tReadWriteOnce\t2023-11-14T22:13:20Z\t',
        '',
      ].join('\n'),
    );
    expect(tokens).to.deep.equal(['', 'second']);
    const details = await fixture.cli(['volumes', 'list', '--details']);
    expect(details.stdout).to.match(/\t2023-11-14T22:13:20Z\talice\t-\tstandard\tdefault\ttraining-data-vol00001\t\n/);
    const terminal = await fixture.cli(['volumes', 'list', '--no-color'], { terminal: true });
    expect(terminal.stdout).to.match(/^vol00001 {2}training-data {2}10Gi {2}Bound {3}ReadWriteOnce {2}100s$/m);
    expect((await fixture.cli(['volumes', 'list', '-o', 'name'])).stdout).to.equal('vol00001\nvol00001\n');
    const json = await fixture.cli(['volumes', 'list', '-o', 'json']);
    expect(JSON.parse(json.stdout)).to.have.nested.property('volumes[0].metadata.pvc_name', 'training-data-vol00001');
  });

  it('shows why a volume is pending', async () => {
    const pending = { ...VOLUME, status: 'Pending', reason: 'storageclass "fast" not found' };
    await fixture.serve({ unary: { listVolumes: () => ({ volumes: [pending, VOLUME], nextPageToken: '' }) } });
    const { stdout } = await fixture.cli(['volumes', 'list', '--no-color'], { terminal: true });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(3))).to.deep.equal([
      ['STATUS', 'ACCESS', 'AGE', 'REASON'],
      ['Pending', 'ReadWriteOnce', '100s', 'storageclass "fast…'],
      ['Bound', 'ReadWriteOnce', '100s'],
      [],
    ]);
  });

  it('shows which volumes are on their way out', async () => {
    const leaving = { ...VOLUME, deletedAt: VOLUME.createdAt };
    await fixture.serve({ unary: { listVolumes: () => ({ volumes: [leaving], nextPageToken: '' }) } });
    const { stdout } = await fixture.cli(['volumes', 'list']);
    expect(stdout).to.match(/^vol00001\ttraining-data\t10Gi\tTerminating\t/m);
  });

  describe('delete', () => {
    let deleted: string[];

    beforeEach(async () => {
      deleted = [];
      await fixture.serve({
        unary: {
          getVolume: () => VOLUME,
          deleteVolume: ({ volumeId }: { volumeId: string }) => {
            deleted.push(volumeId);
            return { volumeId, status: 'deleted', message: 'Volume deleted' };
          },
        },
      });
    });

    it('asks on a terminal, and takes everything but yes for a no', async () => {
      const no = await fixture.cli(['volumes', 'delete', 'vol00001'], { terminal: true, input: '\n' });
      expect(no).to.include({ exitCode: 1, stdout: '' });
      expect(no.stderr).to.match(/Delete volume vol00001 \(training-data, 10Gi\) and everything on it\? \[y\/N\]/);
      expect(deleted).to.deep.equal([]);
      const yes = await fixture.cli(['volumes', 'delete', 'vol00001'], { terminal: true, input: 'y\n' });
      expect(yes).to.include({ exitCode: 0, stdout: 'Volume deleted\n' });
      expect(deleted).to.deep.equal(['vol00001']);
    });

    it('does not ask with --force, --yes or outside a terminal', async () => {
      for (const flag of ['-f', '--force', '-y', '--yes']) {
        await fixture.cli(['volumes', 'delete', 'vol00001', flag], { terminal: true });
      }
      await fixture.cli(['volumes', 'delete', 'vol00001']);
      expect(deleted).to.have.length(5);
    });

    it('ends with 130 when the question is answered with Ctrl+C', async () => {
      const abort = new AbortController();
      const result = await fixture.cli(['volumes', 'delete', 'vol00001'], {
        terminal: true,
        signal: abort.signal,
        onStderr: (piece) => piece.includes('[y/N]') && abort.abort(),
      });
      expect(result.exitCode).to.equal(130);
      expect(deleted).to.deep.equal([]);
    });
  });
});
