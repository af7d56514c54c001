import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { useHouse } from '../support/house.js';

describe('jobs submit, with options', () => {
  const house = useHouse();

  it('runs what the options say instead of the file', async () => {
    const run = 'echo "$A $B $TOKEN $NUM_NODES"';
    const yaml = `name: from-file\nrun: ${run}\nenvs: {A: file, B: }\nsecrets: {TOKEN: }\nresources: {cpus: 8, memory: 1Gi}`;
    const words = ['--env', 'A=word', '--env-file', house.file('my.env', 'A=other\nB="two words"\n')];
    const { code, stdout, stderr } = await house.cli(
      ['jobs', 'submit', '-', ...words, '--secret', 'TOKEN', '--name', 'other', '--num-nodes', '2', '--cpus', '100m'],
      { stdin: yaml, env: { TOKEN: 'mine' } },
    );
    expect(code, stderr).to.equal(0);
    const [first = '', ...lines] = stdout.trimEnd().split('\n');
    expect(lines).to.have.members([0, 1].map((rank) => `node-${rank} | word two words mine 2`));
    const task = await house.task(/^Task (\w+) submitted$/.exec(first)?.[1] ?? '');
    expect(task.name).to.equal('other');
    const [job] = await house.kubernetes.list('jobs', `task-id=${task.task_id}`);
    expect(job?.spec?.template.spec?.containers[0]?.resources).to.deep.equal({
      limits: { cpu: '100m', memory: '1Gi' },
      requests: { cpu: '100m', memory: '1Gi' },
    });
  });

  it('--strict makes warnings errors', async () => {
    const file = house.file('strict.yaml', 'run: echo\nresources: {use_spot: true}\n');
    const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--strict']);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.contain('resources.use_spot: ignored: there are no spot nodes to ask for');
  });

  describe('--dry-run', () => {
    const count = async (): Promise<number> => (await house.kubernetes.list('configmaps', 'skypilot-task=true')).length;

    it('shows the objects that would be created, and creates none', async () => {
      const before = await count();
      const file = house.file('dry.yaml', 'name: dry\nnum_nodes: 2\nrun: echo\nsecrets: {TOKEN: hunter2}\n');
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--dry-run', '-o', 'yaml']);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.match(/dry\.yaml: The task is valid\nNothing was created\.\n$/);
      const objects = parseAllDocuments(stdout).map((document) => document.toJS() as { kind: string });
      expect(objects.map(({ kind }) => kind)).to.deep.equal(['ConfigMap', 'Secret', 'Service', 'Job', 'Job']);
      expect(stdout).not.to.contain('hunter2').and.not.contain(Buffer.from('hunter2').toString('base64'));
      expect(await count()).to.equal(before);
    });

    it('asks the cluster, also about the pod', async () => {
      const before = await count();
      await house.kubernetes.create('resourcequotas', {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'small' },
        spec: { hard: { 'requests.cpu': '1' } },
      });
      const file = house.file('large.yaml', 'run: echo\nresources: {cpus: 3}\n');
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--dry-run']);
      await house.kubernetes.remove('resourcequotas', 'small');
      expect({ code, stdout }, stderr).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/exceeded quota: small, requested: requests\.cpu=3/);
      expect(await count()).to.equal(before);
    });
  });
});
