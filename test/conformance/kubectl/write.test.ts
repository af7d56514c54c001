import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { describeKubectl, useKubectl } from '../../support/kubectl.js';
import { configMap, job } from '../objects.js';

describeKubectl('kubectl that writes', () => {
  const api = useApi();
  const kubectl = useKubectl(api, { KUBE_EDITOR: 'sed -i s/edit:.*/edit:\\ after/' });
  const dataOf = async (name: string): Promise<object> => (await api.call('GET', `configmaps/${name}`)).body.data;

  it('creates from files, once', async () => {
    expect(await kubectl.run('create -f -', configMap('made'))).to.equal('configmap/made created\n');
    const again = await kubectl.attempt('create -f -', configMap('made'));
    expect(again.stderr).to.contain('configmaps "made" already exists');
    expect(again.code).to.equal(1);
    const typo = await kubectl.attempt('create -f -', configMap('typo', {}, { dada: {} }));
    expect(typo.stderr).to.contain('strict decoding error: unknown field "dada"');
    const bad = job('Bad_Name');
    expect((await kubectl.attempt('create -f -', bad)).stderr).to.contain('The Job "Bad_Name" is invalid');
    expect(await kubectl.run('create -f - --dry-run=server', configMap('unmade'))).to.contain(
      'created (server dry run)',
    );
    expect((await api.call('GET', 'configmaps/unmade')).code).to.equal(404);
  });

  it('applies: creates, changes, leaves alone, and drops what was dropped', async () => {
    const first = configMap('applied', {}, { data: { a: '1', b: '2' } });
    expect(await kubectl.run('apply -f -', first)).to.equal('configmap/applied created\n');
    expect(await kubectl.run('apply -f -', first)).to.equal('configmap/applied unchanged\n');
    await kubectl.run(`patch cm applied -p {"data":{"mine":"kept"}}`);
    const second = configMap('applied', {}, { data: { a: '3' } });
    expect((await kubectl.attempt('diff -f -', second)).stdout).to.match(/^-  a: "1"\n(?:-.*\n)*\+  a: "3"$/m);
    expect(await kubectl.run('apply -f -', second)).to.equal('configmap/applied configured\n');
    expect(await dataOf('applied')).to.deep.equal({ a: '3', mine: 'kept' });
  });

  it('applies to lists by the names of their items', async () => {
    const container = (name: string, value: string) => ({ name, image: 'busybox', env: [{ name: 'A', value }] });
    const of = (...values: string[]) =>
      job('listed', '', { suspend: true }, { containers: values.map((value, at) => container(`c${at}`, value)) });
    await kubectl.run('apply -f -', of('1', '2'));
    expect(await kubectl.run('apply -f -', of('1', '2'))).to.equal('job.batch/listed unchanged\n');
    await kubectl.run(`annotate job listed note=x`);
    expect(await kubectl.run('apply -f -', of('1', '2'))).to.equal('job.batch/listed unchanged\n');
    const refused = await kubectl.attempt('apply -f -', of('1', '3'));
    expect(refused.stderr).to.contain('spec.template').and.to.contain('field is immutable');
  });

  it('patches in three ways', async () => {
    await kubectl.run('create -f -', configMap('patched', { labels: { a: '1' } }));
    await kubectl.run(`patch cm patched -p {"data":{"b":"2"}}`);
    await kubectl.run(`patch cm patched --type=merge -p {"data":{"a":null}}`);
    const json = '[{"op":"add","path":"/data/c","value":"3"},{"op":"remove","path":"/metadata/labels/a"}]';
    expect(await kubectl.run(`patch cm patched --type=json -p ${json}`)).to.equal('configmap/patched patched\n');
    expect(await dataOf('patched')).to.deep.equal({ b: '2', c: '3' });
    expect(await kubectl.run(`patch cm patched -p {"data":{"b":"2"}}`)).to.equal(
      'configmap/patched patched (no change)\n',
    );
    expect((await kubectl.attempt(`patch cm patched --type=json -p {}`)).code).to.equal(1);
  });

  it('labels and annotates, one or all, and takes both away', async () => {
    await kubectl.run('create -f -', configMap('marked'));
    expect(await kubectl.run('label cm marked a=1')).to.equal('configmap/marked labeled\n');
    const clash = await kubectl.attempt('label cm marked a=2');
    expect(clash.stderr).to.contain('--overwrite is false');
    await kubectl.run('label cm --all a=2 --overwrite');
    await kubectl.run('annotate cm -l a=2 note=hello');
    const { body } = await api.call('GET', 'configmaps/marked');
    expect(body.metadata).to.deep.include({ labels: { a: '2' }, annotations: { note: 'hello' } });
    expect(await kubectl.run('label cm marked a-')).to.equal('configmap/marked unlabeled\n');
    await kubectl.run('annotate cm marked note-');
    const after = (await api.call('GET', 'configmaps/marked')).body.metadata;
    expect([after.labels, after.annotations]).to.deep.equal([undefined, undefined]);
    expect((await kubectl.attempt('label cm marked a=b/c')).code).to.equal(1);
  });

  it('replaces, edits and suspends', async () => {
    await kubectl.run('create -f -', configMap('replaced', {}, { data: { edit: 'before' } }));
    expect(await kubectl.run('edit cm replaced')).to.equal('configmap/replaced edited\n');
    expect(await dataOf('replaced')).to.deep.equal({ edit: 'after' });
    expect(await kubectl.run('replace -f -', configMap('replaced'))).to.equal('configmap/replaced replaced\n');
    expect(await dataOf('replaced')).to.deep.equal({ a: 'b' });
    const stale = configMap('replaced', { resourceVersion: '1' });
    expect((await kubectl.attempt('replace -f -', stale)).stderr).to.contain('the object has been modified');
    expect(await kubectl.run('replace --force -f -', configMap('replaced'))).to.contain('replaced');
  });
});
