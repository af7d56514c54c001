import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { itWithVolumes } from '../support/target.js';
import type { TaskJson } from '../support/task-json.js';
import { otherWarnings } from '../support/warnings.js';

const FOLDER = new URL('fixtures/guide/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
/** Reasons to wait that nothing but time will change are not among them. */
const REASONS = [
  'InsufficientResources',
  'NoMatchingMachine',
  'Tainted',
  'Unschedulable',
  'ImagePull',
  'ImageNotFound',
  'ImageAccessDenied',
  'SetupFailed',
  'CommandNotFound',
  'ExitCode',
];
describe('the guide', () => {
  const house = useHouse();
  const ids = new Map<string, string>();

  before('every complete example, exactly as it stands there', async () => {
    for (const volume of ['training-data', 'model-checkpoints']) {
      expect((await house.cli(['volumes', 'create', volume, '1Gi'])).code).to.equal(0);
    }
    for (const file of readdirSync(FOLDER).filter((file) => !file.startsWith('snippet-'))) {
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', join(FOLDER.pathname, file), '--detach']);
      expect(code).to.equal(0);
      expect(otherWarnings(stderr.split('\n'))).to.deep.equal(['']);
      expect(stdout).to.match(/^[a-z0-9]{8}\n$/);
      ids.set(file.replace('.yaml', ''), stdout.trim());
    }
  });

  after(async () => {
    await house.cli(['jobs', 'stop', '--all']);
  });

  /** The task once it has failed, or waits for something that will not come. */
  const settled = (name: string): Promise<TaskJson> =>
    eventually(async () => {
      const task = await house.task(ids.get(name) ?? '');
      expect(task.name).to.equal(name);
      expect(task.status).to.be.oneOf(['pending', 'failed']);
      expect(task.diagnosis?.category).to.be.oneOf(REASONS);
      return task;
    });

  it('has five complete examples', () => {
    expect([...ids.keys()]).to.have.members([
      'my-training-job',
      'distributed-training',
      'data-processing',
      'gpu-training',
      'training-with-data',
    ]);
  });

  for (const name of ['my-training-job', 'data-processing', 'training-with-data']) {
    it(`${name} fails or stays pending, and says why`, async () => {
      const { diagnosis, nodes } = await settled(name);
      expect(diagnosis?.cause).to.not.equal('');
      expect(diagnosis?.fix).to.not.equal('');
      expect(nodes).to.have.length(1);
    });
  }

  for (const [name, nodes] of [
    ['gpu-training', 1],
    ['distributed-training', 4],
  ] as const) {
    it(`${name} waits for GPUs, in the words of the scheduler`, async () => {
      const { status, diagnosis, metadata } = await settled(name);
      expect(status).to.equal('pending');
      expect(diagnosis?.category).to.equal('InsufficientResources');
      expect(diagnosis?.cause).to.match(/\d+\/\d+ nodes are available: .*Insufficient nvidia\.com\/gpu/);
      expect(metadata).to.include({ num_nodes: nodes, pending_nodes: nodes });
    });
  }

  it('the fields of resources are accepted together', async () => {
    const { task_id } = await house.submit(`${read('snippet-resources.yaml')}run: "true"\n`);
    const [job] = await house.kubernetes.list('jobs', `task-id=${task_id}`);
    expect(job?.spec?.template.spec?.containers[0]?.resources).to.deep.equal({
      requests: { cpu: '2', memory: '4Gi' },
      limits: { cpu: '2', memory: '4Gi', 'nvidia.com/gpu': '1' },
    });
  });

  it('envs are there in setup and run', async () => {
    const script = 'echo $BATCH_SIZE $EPOCHS $MODEL_PATH';
    const { task_id } = await house.submit(`${read('snippet-envs.yaml')}setup: ${script}\nrun: ${script}\n`);
    expect(await house.log(task_id)).to.deep.equal(['32 100 /data/models', '32 100 /data/models']);
  });

  itWithVolumes('volumes are mounted where it says', async () => {
    const run = 'run: touch /data/here /checkpoints/here && ls /data /checkpoints\n';
    const { task_id } = await house.submit(`${read('snippet-volumes.yaml')}${run}`);
    expect(await house.log(task_id)).to.include.members(['/checkpoints:', 'here', '/data:']);
    expect((await house.until(task_id, 'completed')).nodes[0]?.exit_code).to.equal(0);
  });

  it('setup and run are run in this order', async () => {
    // Whether the packages can be had is not the matter here; without -e, setup goes on.
    const { task_id } = await house.submit(`envs: {EPOCHS: "3", PIP_NO_INDEX: "1"}\n${read('snippet-setup.yaml')}`);
    expect(await house.log(task_id)).to.include('Setup completed');
    const { diagnosis, nodes } = await house.until(task_id, 'failed');
    expect(diagnosis?.category).to.be.oneOf(['ExitCode', 'CommandNotFound']);
    expect(nodes[0]?.exit_code).to.be.oneOf([2, 127]);
  });
});
