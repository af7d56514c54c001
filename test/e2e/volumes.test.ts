import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { itWithVolumes } from '../support/target.js';
import type { ErrorJson } from '../support/task-json.js';

interface VolumeJson {
  readonly volume_id: string;
  readonly name: string;
  readonly size: string;
  readonly access_modes: readonly string[];
  readonly status: string;
  readonly reason: string;
  readonly deleted_at: string | null;
  readonly task_ids: readonly string[];
  readonly username: string;
  readonly metadata: { readonly pvc_name: string; readonly namespace: string };
}

describe('volumes', () => {
  const house = useHouse();
  const list = async (user: string): Promise<readonly VolumeJson[]> =>
    (await house.get<{ volumes: readonly VolumeJson[] }>('/volumes', { user })).volumes;
  const create = async (name: string, user: string): Promise<string> => {
    const { code, stdout } = await house.cli(['volumes', 'create', name, '1Gi'], { user });
    expect(code).to.equal(0);
    const [, id = ''] = /^Volume ([a-z0-9]{8}) created\n$/.exec(stdout) ?? [];
    return id;
  };

  it('are made as files say, in the form of SkyPilot', async () => {
    const user = 'applier';
    const { namespace } = house.kubernetes;
    const yaml = `name: applied\ntype: k8s-pvc\ninfra: k8s\nsize: 1\nlabels: {team: research}\nconfig: {access_mode: ReadWriteMany, namespace: ${namespace}}\n`;
    const apply = (text: string) => house.cli(['volumes', 'apply', house.file('volume.yaml', text)], { user });
    const first = await apply(yaml);
    expect(first, first.stderr).to.deep.include({ code: 0 });
    const [volume] = await list(user);
    expect(volume).to.deep.include({ name: 'applied', size: '1Gi', access_modes: ['ReadWriteMany'] });
    const claim = await house.kubernetes.get('persistentvolumeclaims', volume?.metadata.pvc_name ?? '');
    expect(claim.metadata?.labels).to.include({ team: 'research', 'volume-id': volume?.volume_id });
    const again = await apply(yaml);
    expect(again).to.deep.include({ code: 0, stdout: '' });
    expect(again.stderr).to.match(/^Volume applied is there already \([a-z0-9]{8}\) and stays as it is\n$/);

    await house.kubernetes.create('persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'foreign' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const existing = (name: string): string => `name: ${name}\ntype: k8s-pvc\nuse_existing: true\n`;
    expect(await apply(existing('foreign'))).to.deep.include({ code: 0, stdout: 'Volume foreign is there\n' });
    expect(await apply(existing('nowhere'))).to.deep.include({ code: 123, stdout: '' });

    for (const [more, problem] of [
      ['infra: k8s/elsewhere', 'this server serves'],
      ['config: {namespace: elsewhere}', `volumes of this server live in the namespace "${namespace}"`],
      ['type: k8s-hostpath', "directories of the cluster's machines cannot be mounted"],
      ['type: runpod-network-volume', 'is not a type of volume here'],
    ] as const) {
      const { code, stderr } = await apply(
        `name: never\n${more.startsWith('type') ? '' : 'type: k8s-pvc\n'}size: 1\n${more}\n`,
      );
      expect({ code, told: stderr.includes(problem) }, stderr).to.deep.equal({ code: 2, told: true });
    }
    expect((await list(user)).map(({ name }) => name)).to.deep.equal(['applied']);
  });

  it('are created, listed and deleted as claims', async () => {
    const user = 'keeper';
    const id = await create('training-data', user);
    const claim = await house.kubernetes.get('persistentvolumeclaims', `training-data-${id}`);
    expect(claim.metadata?.labels).to.include({
      'skypilot-volume': 'true',
      'volume-id': id,
      'volume-name': 'training-data',
      username: user,
    });
    expect(claim.spec).to.deep.include({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    });
    const [volume] = await list(user);
    expect(volume).to.deep.include({
      volume_id: id,
      name: 'training-data',
      size: '1Gi',
      access_modes: ['ReadWriteOnce'],
      username: user,
      metadata: { pvc_name: `training-data-${id}`, namespace: house.kubernetes.namespace },
    });
    expect(volume?.status).to.be.oneOf(['Pending', 'Bound']);
    const { stdout } = await house.cli(['volumes', 'list', '--details'], { user });
    expect(stdout).to.contain(id).and.to.contain('training-data').and.to.contain('1Gi').and.to.contain(user);
    const again = await house.cli(['volumes', 'create', 'training-data', '2Gi'], { user });
    expect(again.code).to.equal(1);
    expect(again.stderr).to.match(/^k8s-cli: volume "training-data" exists already .*\n$/);
    const deleted = await house.cli(['volumes', 'delete', id, '--force'], { user });
    expect(deleted).to.include({ code: 0, stdout: 'Volume training-data deleted\n' });
    await eventually(async () => {
      expect(await house.kubernetes.list('persistentvolumeclaims', `volume-id=${id}`)).to.deep.equal([]);
    });
    expect(await list(user)).to.deep.equal([]);
    expect((await house.cli(['volumes', 'delete', id, '--force'], { user })).code).to.equal(123);
  });

  itWithVolumes('carry what one task wrote to another', async () => {
    await create('shared', 'alice');
    const volumes = { '/data': 'shared' };
    const writer = await house.submit({ volumes, run: 'mkdir -p /data/deep && echo remembered > /data/deep/file' });
    await house.until(writer.task_id, 'completed');
    const reader = await house.submit({ volumes, workdir: '/data/deep', run: 'cat file' });
    expect(await house.log(reader.task_id)).to.deep.equal(['remembered']);
    const [volume] = await list('alice');
    expect(volume).to.include({ name: 'shared', status: 'Bound' });
  });

  itWithVolumes('of a class that is not there are made with a warning, and say why they are pending', async () => {
    const user = 'waiter';
    const words = ['volumes', 'create', 'later', '1Gi', '--storage-class', 'e2e-not-there'];
    const { code, stderr } = await house.cli(words, { user });
    expect(code, stderr).to.equal(0);
    // On a real cluster only where the server may list the classes.
    expect(stderr).to.match(/^$|^warning: there is no StorageClass "e2e-not-there" \(.+\): the volume stays pending/);
    await eventually(async () => {
      const [later] = await list(user);
      expect(later?.status).to.equal('Pending');
      expect(later?.reason).to.contain('e2e-not-there');
    });
  });

  itWithVolumes('may be shared by the nodes of one machine, with a warning', async () => {
    await create('narrow', 'alice');
    const run =
      'echo "$NODE_RANK" > "/data/$NODE_RANK"; until [ -e /data/0 ] && [ -e /data/1 ]; do sleep 0.1; done; ls /data';
    const { task_id: id, warnings } = await house.submit({ num_nodes: 2, volumes: { '/data': 'narrow' }, run });
    const [warning, ...others] = warnings;
    expect(others).to.deep.equal([]);
    expect(warning).to.match(/^volume "narrow" is ReadWriteOnce: .*ReadWriteMany/);
    const seen = [0, 1].flatMap((node) => [`node-${node} | 0`, `node-${node} | 1`]);
    expect(await house.log(id)).to.have.members(seen);
  });

  itWithVolumes('are not deleted while a task uses them', async () => {
    const user = 'impatient';
    const id = await create('in-use', user);
    const run = 'sleep 600 & wait';
    const { task_id: task } = await house.submit({ volumes: { '/data': 'in-use' }, run }, { user });
    await house.until(task, 'running', user);
    expect((await list(user))[0]).to.deep.include({ status: 'Bound', deleted_at: null, task_ids: [task] });
    expect((await house.cli(['volumes', 'list', '-d'], { user })).stdout).to.contain(`\t${task}\t`);
    const told = await house.cli(['volumes', 'delete', id, '--force'], { user });
    expect(told.code).to.equal(1);
    expect(told.stderr).to.match(
      new RegExp(`^k8s-cli: volume "in-use" is not deleted: task ${task} uses it; stop .*\\n$`),
    );
    const { status, text } = await house.rest('DELETE', `/volumes/${id}`, { user });
    expect(status).to.equal(400);
    expect(text).to.contain('"VOLUME_IN_USE"').and.to.contain(`"task_ids":"${task}"`);
    await house.rest('POST', `/tasks/${task}/stop`, { user });
    await house.until(task, 'stopped', user);
    expect((await list(user))[0]).to.deep.include({ deleted_at: null, task_ids: [] });
    expect((await house.cli(['volumes', 'delete', id, '--force'], { user })).code).to.equal(0);
    await eventually(async () => expect(await list(user)).to.deep.equal([]));
  });

  itWithVolumes('are shown as on their way out where somebody else deleted them while a task used them', async () => {
    const user = 'careless';
    const id = await create('pulled', user);
    const { task_id: task } = await house.submit({ volumes: { '/data': 'pulled' }, run: 'sleep 600 & wait' }, { user });
    await house.until(task, 'running', user);
    const { client, namespace } = house.kubernetes;
    const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/pulled-${id}`;
    await client.request({ method: 'DELETE', path });
    expect((await list(user))[0]?.deleted_at).to.match(/Z$/);
    expect((await house.cli(['volumes', 'list'], { user })).stdout).to.contain('Terminating');
    const refused = await house.rest('POST', '/volumes/create', { user, body: { name: 'pulled', size: '1Gi' } });
    expect(refused.text).to.contain('VOLUME_BEING_DELETED');
    await house.rest('POST', `/tasks/${task}/stop`, { user });
    await eventually(async () => expect(await list(user)).to.deep.equal([]));
  });

  it('are made once by a request that is sent again, and refused to another one', async () => {
    const user = 'repeater';
    const body = { name: 'once', size: '1Gi', request_id: 'the-same' };
    const first = await house.rest('POST', '/volumes/create', { user, body });
    const again = await house.rest('POST', '/volumes/create', { user, body });
    expect([again.status, again.text]).to.deep.equal([200, first.text]);
    const other = await house.rest('POST', '/volumes/create', { user, body: { ...body, size: '2Gi' } });
    expect(other.status, other.text).to.equal(409);
    expect(await list(user)).to.have.length(1);
  });

  itWithVolumes('may be claims that somebody else made, by their plain name', async () => {
    await house.kubernetes.create('persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'made-by-hand' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const { task_id: id } = await house.submit({
      volumes: { '/data': 'made-by-hand' },
      run: 'touch /data/x && ls /data',
    });
    expect(await house.log(id)).to.deep.equal(['x']);
    const [job] = await house.kubernetes.list('jobs', `task-id=${id}`);
    const claims = job?.spec?.template.spec?.volumes?.flatMap(
      (volume) => volume.persistentVolumeClaim?.claimName ?? [],
    );
    expect(claims).to.deep.equal(['made-by-hand']);
    expect((await list('alice')).map(({ name }) => name)).to.not.include('made-by-hand');
  });

  it('are found by the name of their owner only', async () => {
    const id = await create('private', 'bob');
    const { status, text } = await house.rest('POST', '/tasks/submit', {
      body: { volumes: { '/x': 'private' }, run: 'true' },
    });
    expect(status).to.equal(404);
    expect((JSON.parse(text) as ErrorJson).message).to.match(/^volume "private" not found; create it with /);
    for (const [method, path] of [
      ['GET', `/volumes/${id}`],
      ['DELETE', `/volumes/${id}`],
    ] as const) {
      expect((await house.rest(method, path)).status, method).to.equal(404);
    }
    expect((await house.rest('GET', `/volumes/${id}`, { user: 'bob' })).status).to.equal(200);
    const all = await house.get<{ volumes: readonly VolumeJson[] }>('/volumes?all_users=true');
    expect(all.volumes.map(({ volume_id }) => volume_id)).to.include(id);
  });

  it('are refused when they make no sense, with all that is wrong', async () => {
    const body = { name: 'No Name', size: 'much', access_modes: ['ReadSometimes'] };
    const { status, text } = await house.rest('POST', '/volumes/create', { body });
    expect(status).to.equal(400);
    const { code, message } = JSON.parse(text) as ErrorJson;
    expect(code).to.equal(3);
    expect(message).to.contain('name:').and.to.contain('size:').and.to.contain('access_modes:');
    const negative = await house.cli(['volumes', 'create', 'fine', '--', '-1Gi']);
    expect(negative.code).to.equal(2);
  });
});
