import { expect } from 'chai';
import { useApi } from '../../support/api.js';
import { describeKubectl, useKubectl } from '../../support/kubectl.js';
import { configMap, job } from '../objects.js';

describeKubectl('kubectl get', () => {
  const api = useApi();
  const kubectl = useKubectl(api);
  const lines = async (words: string): Promise<string[][]> =>
    (await kubectl.run(words))
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
  let podName = '';
  before(async () => {
    const spec = job('hello', 'echo hi');
    await kubectl.run('create -f -', { ...spec, metadata: { name: 'hello', labels: { app: 'a' } } });
    await api.untilOf('jobs/hello', ({ status }) => status.completionTime !== undefined);
    podName = (await kubectl.run('get pods -o name')).trim().replace('pod/', '');
  });

  it('prints tables', async () => {
    const [head, row] = await lines('get jobs');
    expect(head).to.deep.equal(['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE']);
    expect(row?.slice(0, 3)).to.deep.equal(['hello', 'Complete', '1/1']);
    expect(row?.[3]).to.match(/^[\dms]+$/);
    const [, pod] = await lines('get pods');
    expect(pod?.slice(0, 4)).to.deep.equal([podName, '0/1', 'Completed', '0']);
  });

  it('prints wide tables, labels, and tables without a head', async () => {
    const [head, row] = await lines('get jobs -o wide');
    expect(head).to.deep.equal('NAME STATUS COMPLETIONS DURATION AGE CONTAINERS IMAGES SELECTOR'.split(' '));
    expect(row?.slice(5, 7)).to.deep.equal(['main', 'python:3.13-slim']);
    const [podHead, pod] = await lines('get pods -o wide');
    expect(podHead?.slice(5)).to.deep.equal(['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES']);
    expect(pod).to.have.length(9);
    expect((await lines('get job hello --show-labels'))[1]?.[5]).to.equal('app=a');
    expect((await lines('get job hello -L app --no-headers'))[0]?.[5]).to.equal('a');
  });

  it('prints names, JSON, YAML, paths, templates and columns', async () => {
    expect(await kubectl.run('get job,pod -o name')).to.equal(`job.batch/hello\npod/${podName}\n`);
    const { kind, items } = JSON.parse(await kubectl.run('get jobs -o json'));
    expect([kind, items[0].metadata.name, items[0].kind]).to.deep.equal(['List', 'hello', 'Job']);
    expect(await kubectl.run('get job hello -o yaml')).to.match(/^apiVersion: batch\/v1\nkind: Job\nmetadata:\n/);
    expect(await kubectl.run('get jobs -o jsonpath={.items[*].status.succeeded}')).to.equal('1');
    expect(await kubectl.run("get jobs -o 'go-template={{range .items}}{{.metadata.name}};{{end}}'")).to.equal(
      'hello;',
    );
    const columns = 'NAME:.metadata.name,PHASE:.status.phase';
    expect(await lines(`get pods -o custom-columns=${columns}`)).to.deep.equal([
      ['NAME', 'PHASE'],
      [podName, 'Succeeded'],
    ]);
  });

  it('selects by labels and fields, sorts, and looks into all namespaces', async () => {
    expect(await kubectl.run('get jobs -l app=a -o name')).to.equal('job.batch/hello\n');
    expect((await kubectl.attempt('get jobs -l app=b')).stderr).to.contain('No resources found in ');
    expect(await kubectl.run('get pods --field-selector status.phase=Succeeded -o name')).to.equal(`pod/${podName}\n`);
    await kubectl.run('create -f -', configMap('z-older'));
    await kubectl.run('create -f -', configMap('a-newer'));
    const names = (await kubectl.run("get cm -l '!x' --sort-by=.metadata.name -o name")).trim().split('\n');
    expect(names.filter((name) => /-(older|newer)$/.test(name))).to.deep.equal([
      'configmap/a-newer',
      'configmap/z-older',
    ]);
    const found = (await lines('get jobs -A')).find(([namespace]) => namespace === api.namespace);
    expect(found?.slice(1, 4)).to.deep.equal(['hello', 'Complete', '1/1']);
  });

  it('gets everything by pages', async () => {
    const names = await kubectl.run('get cm --chunk-size=1 -o name');
    expect(names).to.contain('configmap/a-newer\n').and.to.contain('configmap/z-older\n');
  });

  it('knows kinds by their short names and says which there are', async () => {
    expect(await kubectl.run('get po -o name')).to.equal(`pod/${podName}\n`);
    const kinds = (await lines('api-resources')).map(([name, short]) => `${name} ${short}`);
    expect(kinds).to.include.members([
      'configmaps cm',
      'persistentvolumeclaims pvc',
      'pods po',
      'resourcequotas quota',
    ]);
    expect(await kubectl.run('api-versions')).to.match(/^batch\/v1$/m);
    expect((await kubectl.attempt('get nonsense')).stderr).to.contain(
      'the server doesn\'t have a resource type "nonsense"',
    );
    expect((await kubectl.attempt('get job nobody')).stderr).to.equal(
      'Error from server (NotFound): jobs.batch "nobody" not found\n',
    );
  });

  it('watches, as tables, as JSON and alone', async () => {
    const table = kubectl.start('get cm -w');
    const names = kubectl.start('get cm --watch-only -o name');
    const json = kubectl.start('get cm -w -o json --output-watch-events');
    await table.seen('stdout', /^z-older/m);
    await json.seen('stdout', /"z-older"/);
    // What watches only says nothing at first: an object is changed until it is heard of.
    let tries = 0;
    while (!/seen/.test(names.output.stdout)) {
      tries += 1;
      await kubectl.run('apply -f -', configMap('seen', { labels: { tries: String(tries) } }));
    }
    await kubectl.run('delete cm seen');
    expect(names.output.stdout).to.not.contain('z-older');
    await table.seen('stdout', /^seen +1 +\d+s\n(?:.*\n)*seen +1 +\d+s$/m);
    await json.seen('stdout', /"type":"ADDED"/);
    await json.seen('stdout', /"type":"DELETED"/);
  });
});
