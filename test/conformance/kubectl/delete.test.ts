import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { describeKubectl, useKubectl } from '../../support/kubectl.js';
import { configMap, job, politeSleep } from '../objects.js';

describeKubectl('kubectl delete', () => {
  const api = useApi();
  const kubectl = useKubectl(api);
  const podsOf = async (name: string): Promise<string> =>
    (await kubectl.run(`get pods -l batch.kubernetes.io/job-name=${name} -o name`)).trim();

  it('deletes by name, by label and all of a kind', async () => {
    for (const name of ['one', 'two', 'three']) {
      await kubectl.run('create -f -', configMap(name, { labels: { group: name === 'one' ? 'a' : 'b' } }));
    }
    expect(await kubectl.run('delete cm one')).to.match(/^configmap "one" deleted/);
    expect((await kubectl.attempt('delete cm one')).stderr).to.contain('configmaps "one" not found');
    await kubectl.run('delete cm one --ignore-not-found');
    const several = (await kubectl.run('delete cm -l group=b')).trim().split('\n');
    expect(several.map((line) => /"(.*)"/.exec(line)?.[1])).to.have.members(['two', 'three']);
    await kubectl.run('create -f -', configMap('four'));
    expect(await kubectl.run('delete cm four --dry-run=server')).to.contain('(server dry run)');
    expect(await kubectl.run('delete cm --all --dry-run=server')).to.contain('"four" deleted');
    expect(await kubectl.run('delete cm --all')).to.contain('"four" deleted');
    expect((await api.call('GET', 'configmaps/four')).code).to.equal(404);
  });

  it('takes the pods of a Job along in the background, waits for them in the foreground, and leaves orphans', async () => {
    for (const name of ['background', 'foreground', 'orphan']) {
      await kubectl.run('create -f -', job(name, politeSleep));
      const [pod] = (
        await api.untilOf(
          `pods?labelSelector=batch.kubernetes.io/job-name=${name}`,
          ({ items }) => items?.[0]?.status?.phase === 'Running',
        )
      ).items;
      await kubectl.run(`delete job ${name} --cascade=${name}`);
      if (name === 'foreground') expect(await podsOf(name)).to.equal('');
      if (name === 'background') await kubectl.run(`wait --for=delete pod/${pod.metadata.name} --timeout=280s`);
      if (name !== 'orphan') continue;
      expect(await podsOf(name)).to.equal(`pod/${pod.metadata.name}`);
      expect((await api.call('GET', `pods/${pod.metadata.name}`)).body.metadata.ownerReferences).to.equal(undefined);
    }
    const forced = await kubectl.run('delete pods --all --force --grace-period=0');
    expect(forced).to.contain('force deleted');
    expect(await kubectl.run('get pods -o name')).to.equal('');
  });

  it('deletes what a file names, and does not wait when told so', async () => {
    const object = configMap('held', { finalizers: ['example.com/hold'] });
    await kubectl.run('create -f -', object);
    await kubectl.run('delete -f - --wait=false', object);
    expect((await api.call('GET', 'configmaps/held')).body.metadata.deletionTimestamp).to.be.a('string');
    await kubectl.run(`patch cm held --type=merge -p {"metadata":{"finalizers":null}}`);
    await kubectl.run('wait --for=delete cm/held --timeout=280s');
  });
});
