import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';
import { createQuota } from '../support/quota.js';

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
    const [first = '', ...lines] = logLines(stdout);
    expect(lines).to.have.members([0, 1].map((rank) => `node-${rank} | word two words mine 2`));
    const task = await house.task(/^Task (\w+) submitted$/.exec(first)?.[1] ?? '');
    expect(task.name).to.equal('other');
    const [job] = await house.kubernetes.list('jobs', `task-id=${task.task_id}`);
    expect(job?.spec?.template.spec?.containers[0]?.resources).to.deep.equal({
      limits: { cpu: '100m', memory: '1Gi' },
      requests: { cpu: '100m', memory: '1Gi' },
    });
  });

  const count = async (): Promise<number> => (await house.kubernetes.list('configmaps', 'skypilot-task=true')).length;

  it('says by its name what is wrong with an option, and creates nothing', async () => {
    const before = await count();
    const file = house.file('right.yaml', 'run: echo\n');
    for (const [words, problem] of [
      [['--gpus', 'V100:x'], '--gpus: "x" is not a number of GPUs; write a count'],
      [['--gpus', 'V999'], '--gpus: no machine of the cluster has'],
      [['--cpus', 'lots'], '--cpus: "lots" is not an amount of CPU; write cores'],
      [['--memory', '4GiB'], '--memory: "4GiB" has the unknown unit GiB; write "4Gi"'],
      [['--image', 'A B'], '--image: "A B" is not a container image; write name:tag'],
      [['--name', 'a b'], '--name: "a b" is not a task name; use letters'],
      [['--num-nodes', '0'], '--num-nodes must be a whole number from 1 to 1000, not "0"'],
      [['--env', 'SKYPILOT_X=1'], '--env SKYPILOT_X: names that begin with SKYPILOT_ are set by the system; choose'],
      [
        ['--secret', 'SKYPILOT_X=1'],
        '--secret SKYPILOT_X: names that begin with SKYPILOT_ are set by the system; choose',
      ],
    ] as const) {
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, ...words]);
      expect({ code, stdout }, stderr).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.satisfy(
        (text: string) => text.startsWith(`k8s-cli: ${problem}`) && text.split('\n').length === 2,
      );
    }
    expect(await count()).to.equal(before);
  });

  it('tells what is wrong with each of several files, and creates nothing', async () => {
    const before = await count();
    const good = house.file('good.yaml', 'run: echo\n');
    const bad = house.file('bad.yaml', 'run: echo\nnum_node: 2\nresources: {cpus: lots}\n');
    const other = house.file('other.yaml', 'run: echo\nvolumes: {/data: nowhere}\n');
    const { code, stdout, stderr } = await house.cli(['jobs', 'submit', bad, good, other]);
    expect({ code, stdout }, stderr).to.deep.equal({ code: 2, stdout: '' });
    const told = stderr.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
    const start = [
      `${bad}:2:1: num_node: `,
      `${bad}:3:19: resources.cpus: `,
      `${other}:2:18: volumes./data: `,
      'Nothing was',
    ];
    expect(told).to.have.length(start.length);
    for (const [index, text] of start.entries())
      expect(told[index]).to.satisfy((line: string) => line.startsWith(text));
    expect(await count()).to.equal(before);
  });

  it('--strict makes warnings errors', async () => {
    const file = house.file('strict.yaml', 'run: echo\nresources: {use_spot: true}\n');
    const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--strict']);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.contain('resources.use_spot: ignored: there are no spot nodes to ask for');
  });

  it('--lenient ignores the names of other clouds', async () => {
    const file = house.file('lenient.yaml', 'run: echo hello\nresources: {infra: aws/us-east-1}\n');
    const refused = await house.cli(['jobs', 'submit', file]);
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.contain('--lenient ignores it');
    const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--lenient']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^hello$/m);
    expect(stderr).to.match(/lenient\.yaml:2:20: .*resources\.infra: ignored: "aws\/us-east-1" is not Kubernetes/);
  });

  describe('--dry-run', () => {
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
      await createQuota(house.kubernetes, 'small', { 'requests.cpu': '1' });
      const file = house.file('large.yaml', 'run: echo\nresources: {cpus: 3}\n');
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--dry-run']);
      await house.kubernetes.remove('resourcequotas', 'small');
      expect({ code, stdout }, stderr).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/exceeded quota: small, requested: requests\.cpu=3/);
      expect(await count()).to.equal(before);
    });
  });
});
