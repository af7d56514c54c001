import { expect } from 'chai';
import { eventually, withMoreTime } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import type { Resource } from '../support/kubernetes.js';
import { createQuota } from '../support/quota.js';
import { REAL } from '../support/target.js';
import type { ErrorJson, TaskJson } from '../support/task-json.js';
import { refuseByWebhook } from '../support/webhook.js';

describe('what the cluster refuses', () => {
  const house = useHouse();

  const quota = (hard: Readonly<Record<string, string>>): Promise<void> => createQuota(house.kubernetes, 'limit', hard);

  const nothingLeft = (): Promise<void> =>
    eventually(async () => {
      for (const kind of ['configmaps', 'jobs', 'services', 'pods'] satisfies Resource[]) {
        const found = await house.kubernetes.list(kind, 'skypilot-task=true');
        expect(
          found.map(({ metadata }) => metadata?.name),
          kind,
        ).to.deep.equal([]);
      }
      const { tasks } = await house.get<{ tasks: readonly TaskJson[] }>('/tasks?all_users=true');
      expect(tasks).to.deep.equal([]);
    });

  const removeAll = async (): Promise<void> => {
    for (const { metadata } of await house.kubernetes.list('configmaps', 'skypilot-task=true')) {
      await house.kubernetes.remove('configmaps', metadata?.name ?? '');
    }
    await nothingLeft();
  };

  describe('a quota on Jobs', () => {
    before(() => quota({ 'count/jobs.batch': '2' }));
    after(() => house.kubernetes.remove('resourcequotas', 'limit'));

    it('refuses the third of five, says so in its own words, and leaves none of them', async () => {
      const file = house.file('five.yaml', 'name: five\nnum_nodes: 5\nrun: sleep 60\n');
      const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/exceeded quota: limit, requested: count\/jobs\.batch=1, used: count\/jobs\.batch=2/);
      expect(stderr.trimEnd().split('\n')).to.have.length(1);
      await nothingLeft();
    });

    it('is RESOURCE_EXHAUSTED over REST', async () => {
      const { status, text } = await house.rest('POST', '/tasks/submit', { body: { num_nodes: 3, run: 'true' } });
      expect(status).to.equal(429);
      const { code, details } = JSON.parse(text) as ErrorJson;
      expect(code).to.equal(8);
      expect(details[0]).to.include({ reason: 'QUOTA_EXCEEDED' });
      await nothingLeft();
    });

    it('has room again afterwards', async () => {
      await eventually(async () => {
        const { status, text } = await house.rest('POST', '/tasks/submit', { body: { num_nodes: 2, run: 'true' } });
        expect(status, text).to.equal(200);
      });
      await removeAll();
    });
  });

  describe('a quota on pods', () => {
    before(() => quota({ pods: '0' }));
    afterEach(removeAll);
    after(() => house.kubernetes.remove('resourcequotas', 'limit'));

    it('is said in the status, and in the log while one waits', async () => {
      const { task_id: id } = await house.submit({ run: 'true' });
      const follow = house.startCli(['jobs', 'logs', id]);
      const { status, diagnosis } = await eventually(async () => {
        const task = await house.task(id);
        expect(task.diagnosis?.category).to.equal('QuotaExceeded');
        return task;
      });
      expect(status).to.equal('pending');
      expect(diagnosis?.cause).to.match(/exceeded quota: limit, requested: pods=1, used: pods=0, limited: pods=0/);
      expect(diagnosis?.fix).to.not.equal('');
      await follow.seen('stderr', /^waiting: .*exceeded quota/m);
      expect((await house.cli(['jobs', 'stop', id])).code).to.equal(0);
      expect((await follow.ended).code).to.equal(122);
    });

    it('fails a task that was given a time to start in, with the words of the cluster', async () => {
      const words = /^did not start within \d+s \(provision_timeout\): .*exceeded quota: limit/;
      const { diagnosis } = await withMoreTime(
        async (seconds) => {
          const task = `config: {kubernetes: {provision_timeout: ${seconds}}}\nrun: echo never\n`;
          return house.until((await house.submit(task)).task_id, 'failed');
        },
        (task) => !words.test(task.diagnosis?.cause ?? ''),
      );
      expect(diagnosis).to.include({ category: 'DeadlineExceeded' });
      expect(diagnosis?.cause).to.match(words);
    });
  });

  // What only a real Kubernetes does: it asks webhooks and pulls images.
  if (REAL) {
    describe('a webhook', () => {
      it('that refuses Jobs is quoted at submit', async () => {
        const webhook = await refuseByWebhook(house.kubernetes, 'jobs', 'tasks need a cost centre');
        try {
          const file = house.file('refused.yaml', 'num_nodes: 2\nrun: date\n');
          // A new webhook is asked a moment after it was created.
          await eventually(async () => {
            const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '--detach']);
            if (code === 0) await house.kubernetes.remove('configmaps', `task-${stdout.trim()}`);
            expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
            expect(stderr).to.match(/admission webhook "\S+" denied the request: tasks need a cost centre/);
          });
          await nothingLeft();
        } finally {
          await webhook.remove();
        }
      });

      it('that refuses pods is quoted in the status', async () => {
        const webhook = await refuseByWebhook(house.kubernetes, 'pods', 'images have to be signed');
        try {
          // The first pods may slip through: a task that runs for long is replaced by another one.
          await eventually(async () => {
            const { task_id: id } = await house.submit({ run: 'true' });
            const { diagnosis } = await eventually(async () => {
              const task = await house.task(id);
              expect(task.status === 'completed' || task.diagnosis?.category === 'AdmissionDenied').to.equal(true);
              return task;
            });
            expect(diagnosis?.cause).to.match(/admission webhook "\S+" denied the request: images have to be signed/);
          });
        } finally {
          await webhook.remove();
        }
        await removeAll();
      });
    });

    it('an image that does not exist leaves the task pending, and the reason is said', async () => {
      const image = 'registry.invalid/no/such:image';
      const { task_id: id } = await house.submit({ resources: { image_id: image }, run: 'true' });
      const { status, nodes, diagnosis } = await eventually(async () => {
        const task = await house.task(id);
        expect(task.diagnosis?.category).to.equal('ImagePull');
        return task;
      });
      expect(status).to.equal('pending');
      expect(nodes[0]?.reason).to.be.oneOf(['ErrImagePull', 'ImagePullBackOff']);
      expect(diagnosis?.cause).to.contain(image);
      expect(diagnosis?.fix).to.contain('image_id');
      await removeAll();
    });
  }
});
