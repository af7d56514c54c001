import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import { REAL } from '../support/target.js';

describe('the fields of a task file', () => {
  const house = useHouse();
  const job = async (id: string): Promise<Awaited<ReturnType<typeof house.kubernetes.list<'jobs'>>>[number]> => {
    const [first] = await house.kubernetes.list('jobs', `task-id=${id}`);
    if (!first) throw new Error(`task ${id} has no Job`);
    return first;
  };

  it('labels and custom_metadata stand on Job and pod', async () => {
    const yaml = [
      'run: echo done',
      'resources: {labels: {team: research}}',
      'config: {kubernetes: {custom_metadata: {labels: {example.com/a: b}, annotations: {example.com/note: "some text"}}}}',
    ].join('\n');
    const { task_id: id } = await house.submit(yaml);
    await house.until(id, 'completed');
    const [pod] = await house.kubernetes.list('pods', `task-id=${id}`);
    for (const metadata of [(await job(id)).metadata, pod?.metadata]) {
      expect(metadata?.labels).to.include({ team: 'research', 'example.com/a': 'b' });
      expect(metadata?.annotations).to.include({ 'example.com/note': 'some text' });
    }
  });

  it('pod_config is merged into the pod, as far as it is allowed', async () => {
    const yaml = (spec: string): string => `run: echo "$EXTRA"\nconfig: {kubernetes: {pod_config: {spec: ${spec}}}}`;
    const good =
      '{terminationGracePeriodSeconds: 3, tolerations: [{key: gpu, operator: Exists}], containers: [{env: [{name: EXTRA, value: more}]}]}';
    const { task_id: id } = await house.submit(yaml(good));
    expect(await house.log(id)).to.deep.equal(['more']);
    expect((await job(id)).spec?.template.spec).to.deep.include({
      terminationGracePeriodSeconds: 3,
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
    });
    const headers = { 'content-type': 'application/yaml' };
    const refused = await house.rest('POST', '/tasks/submit', { headers, body: yaml('{hostNetwork: true}') });
    expect([refused.status, refused.text]).to.satisfy(
      ([status, text]: [number, string]) => status === 400 && text.includes('hostNetwork is not allowed'),
    );
  });

  it('a misspelt field of pod_config is warned of', async () => {
    const spec = '{affinity: {nodeAfinity: {}}}';
    const { task_id: id, warnings } = await house.submit(
      `run: echo fine\nconfig: {kubernetes: {pod_config: {spec: ${spec}}}}`,
    );
    expect(warnings).to.deep.equal(['unknown field "spec.template.spec.affinity.nodeAfinity"']);
    expect(await house.log(id)).to.deep.equal(['fine']);
  });

  it('storage that a task brings along is shared by its nodes and deleted with it', async () => {
    const yaml = [
      'num_nodes: 2',
      'volumes: {/scratch: {size: 1Gi, labels: {purpose: scratch}}}',
      'setup: echo "$NODE_RANK" >/scratch/$NODE_RANK',
      'run: cat /scratch/0 /scratch/1 | tr "\\n" " "; echo',
    ].join('\n');
    const { task_id: id, warnings } = await house.submit(yaml);
    expect(warnings.some((warning) => warning.includes('ReadWriteOnce'))).to.equal(true);
    expect(await house.log(id)).to.have.members(['node-0 | 0 1 ', 'node-1 | 0 1 ']);
    const claims = await house.kubernetes.list('persistentvolumeclaims', `task-id=${id}`);
    expect(claims.map(({ metadata }) => metadata?.labels?.['purpose'])).to.deep.equal(['scratch']);
    expect(claims[0]?.metadata?.ownerReferences?.[0]?.name).to.equal(`task-${id}`);
  });

  it('a part of a volume is mounted', async () => {
    expect((await house.cli(['volumes', 'create', 'shared', '1Gi'])).code).to.equal(0);
    const write = await house.submit('run: mkdir -p /all/runs/1; echo part >/all/runs/1/x\nvolumes: {/all: shared}');
    await house.until(write.task_id, 'completed');
    const read = await house.submit('run: cat /part/x\nvolumes: {/part: {name: shared, sub_path: runs/1}}');
    expect(await house.log(read.task_id)).to.deep.equal(['part']);
  });

  it('/dev/shm is memory, as large as the task allows', async () => {
    const { task_id: id } = await house.submit('run: df -k /dev/shm | tail -1\nresources: {memory: 200Mi}');
    const [line = ''] = await house.log(id);
    expect(line.split(/\s+/).slice(0, 2)).to.deep.equal(['tmpfs', String(200 * 1024)]);
  });

  describe('the environment', () => {
    const show = (names: string): string => `env | grep -E '^(${names})=' | sort`;

    it('is that of SkyPilot on one node', async () => {
      const { task_id: id } = await house.submit(
        `name: my.task\nrun: ${show('SKYPILOT_.*|MASTER_.*|N[A-Z]+_(RANK|NODES)')}`,
      );
      const env = Object.fromEntries(
        (await house.log(id)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      expect(env).to.include({
        SKYPILOT_NODE_RANK: '0',
        SKYPILOT_NUM_NODES: '1',
        SKYPILOT_NUM_GPUS_PER_NODE: '0',
        SKYPILOT_USER: 'alice',
        NODE_RANK: '0',
        NUM_NODES: '1',
        MASTER_PORT: '29500',
      });
      expect(env['SKYPILOT_NODE_IPS']).to.match(/^\d+(\.\d+){3}$/);
      expect(env['MASTER_ADDR']).to.equal(env['SKYPILOT_NODE_IPS']);
      expect(env['SKYPILOT_TASK_ID']).to.match(new RegExp(`^sky-managed-\\d{4}(-\\d\\d){5}-\\d{6}_my\\.task_${id}-0$`));
      expect(env['SKYPILOT_TASK_IDS']).to.equal(env['SKYPILOT_TASK_ID']);
      expect(env['SKYPILOT_CLUSTER_INFO']).to.match(
        new RegExp(`^\\{"cluster_name": "my-task-${id}", "cloud": "Kubernetes", "region": "[^"]+", "zone": null\\}$`),
      );
    });

    it('has the addresses of all nodes, in setup and in run, which begins when setup is done everywhere', async () => {
      const yaml = [
        'num_nodes: 3',
        'setup: |',
        '  echo "setup of $SKYPILOT_SETUP_NODE_RANK with $(echo "$SKYPILOT_SETUP_NODE_IPS" | wc -l | tr -d " ")"',
        '  [ "$SKYPILOT_SETUP_NODE_RANK" != 1 ] || sleep 2',
        '  echo "ready $(date +%s)"',
        'run: |',
        '  echo "ips $(echo "$SKYPILOT_NODE_IPS" | wc -l | tr -d " ") $(echo $SKYPILOT_NODE_IPS)"',
        '  echo "head $(echo "$SKYPILOT_NODE_IPS" | head -n1) $MASTER_ADDR"',
        '  echo "begins $(date +%s)"',
      ].join('\n');
      const { task_id: id } = await house.submit(yaml);
      const lines = await house.log(id);
      const of = (word: string): string[] =>
        lines.filter((line) => line.includes(`| ${word} `)).map((line) => line.slice(line.indexOf('| ') + 2));
      expect(of('setup').toSorted()).to.deep.equal([0, 1, 2].map((rank) => `setup of ${rank} with 3`));
      expect(new Set(of('ips')).size, 'the same everywhere').to.equal(1);
      expect(of('ips')[0]).to.match(/^ips 3( \d+(\.\d+){3}){3}$/);
      const [, head, master] = of('head')[0]?.split(' ') ?? [];
      expect(master).to.equal(head);
      const times = (word: string): number[] => of(word).map((text) => Number(text.split(' ')[1]));
      expect(times('begins')).to.have.length(3);
      expect(Math.min(...times('begins'))).to.be.at.least(Math.max(...times('ready')));
    });

    it('waits for a node whose pod was taken away before it began', async () => {
      // Node 0 sets itself up for as long as that takes: nobody begins before.
      const setup = '[ "$SKYPILOT_SETUP_NODE_RANK" = 1 ] || until [ -e /tmp/on ]; do sleep 0.1; done';
      const { task_id: id } = await house.submit({ num_nodes: 2, setup, run: 'echo "here is $NODE_RANK"' });
      const late = (await house.task(id)).metadata.node_jobs[1] ?? '';
      await house.kubernetes.patch('jobs', late, { spec: { suspend: true } });
      const follow = house.startCli(['jobs', 'logs', id]);
      await follow.seen('stderr', /^node-1 \| waiting: .*suspended/m);
      await house.kubernetes.patch('jobs', late, { spec: { suspend: false } });
      await house.touch(id, '/tmp/on', 0);
      const { code, stdout, stderr } = await follow.ended;
      expect(stdout.split('\n')).to.include('node-0 | here is 0').and.to.include('node-1 | here is 1');
      expect(code, stderr).to.equal(0);
    });

    it('tells those who wait that a node is lost', async () => {
      // Otherwise node 0 is stopped because of node 1, perhaps before it has heard.
      const yaml =
        'num_nodes: 2\nfail_fast: false\nsetup: "[ $SKYPILOT_SETUP_NODE_RANK != 1 ] || exit 3"\nrun: echo never';
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', house.file('lost.yaml', yaml)]);
      expect(stdout)
        .to.contain('node-0 | k8s-cli: run does not start: node-1 ended before it')
        .and.not.contain('never');
      expect(code, stderr).to.equal(3);
    });
  });

  it('needs a POSIX shell and nothing else: no bash, no root, nothing to write to', async function () {
    if (!REAL) this.skip();
    const security =
      '{securityContext: {runAsUser: 1234, runAsNonRoot: true}, containers: [{imagePullPolicy: IfNotPresent, securityContext: {readOnlyRootFilesystem: true}}]}';
    const yaml = [
      'num_nodes: 2',
      'resources: {image_id: "docker:busybox:latest"}',
      'setup: echo set up >/dev/shm/$NODE_RANK',
      'run: id -u; cat /dev/shm/$NODE_RANK; echo "$SKYPILOT_NODE_IPS" | wc -l',
      `config: {kubernetes: {pod_config: {spec: ${security}}}}`,
    ].join('\n');
    const { task_id: id } = await house.submit(yaml);
    const lines = [0, 1].flatMap((rank) => ['1234', 'set up', '2'].map((text) => `node-${rank} | ${text}`));
    expect(await house.log(id)).to.have.members(lines);
  });

  it('a named GPU that no machine has is refused with what there is', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const { status, text } = await house.rest('POST', '/tasks/submit', {
      headers,
      body: 'run: a\nresources: {accelerators: V100}',
    });
    expect(status).to.equal(400);
    expect(text).to.contain('no machine of the cluster has the GPU V100');
    expect(await house.kubernetes.list('configmaps', 'task-name=never')).to.deep.equal([]);
  });

  it('of alternatives the first that can be given now is taken', async () => {
    const yaml =
      'run: echo "$SKYPILOT_NUM_GPUS_PER_NODE"\nresources: {ordered: [{accelerators: "H100:8"}, {infra: aws}, {cpus: "100m"}]}';
    const { task_id: id, warnings } = await house.submit(yaml);
    expect(warnings.join('\n')).to.contain('took cpus 100m of 2 alternatives').and.contain('aws is not Kubernetes');
    expect(await house.log(id)).to.deep.equal(['0']);
  });
});
