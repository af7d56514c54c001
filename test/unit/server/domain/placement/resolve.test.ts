import { expect } from 'chai';
import { type Resolved, resolveTask } from '../../../../../server/domain/placement/resolve.js';
import type { Policy } from '../../../../../server/domain/placement/policy.js';
import { STRICT_POLICY } from '../../../../../server/domain/placement/policy.js';
import { parseTaskYaml } from '../../../../../taskfile/task-spec.js';
import { FakeDomain } from '../../../../support/server/fake-domain.js';

function resolve(text: string, domain = new FakeDomain(), policy: Partial<Policy> = {}): Promise<Resolved> {
  const result = parseTaskYaml(`run: a\n${text}`);
  if (!result.ok) throw new Error(JSON.stringify(result.violations));
  domain.policy = { ...STRICT_POLICY, ...policy };
  return resolveTask(result.spec, domain.site, new AbortController().signal);
}

const problems = async (text: string, domain?: FakeDomain, policy?: Partial<Policy>): Promise<string[]> =>
  (await resolve(text, domain, policy)).violations.map(({ description }) => description);

describe('resolveTask', () => {
  it('has nothing to say of a plain task', async () => {
    const { placement, warnings, violations } = await resolve('num_nodes: 2');
    expect({ placement, warnings, violations }).to.deep.equal({
      placement: { nodeTerms: [], priorityClass: undefined, queue: undefined, managedSecrets: [] },
      warnings: [],
      violations: [],
    });
  });

  it('takes its own cluster and no other', async () => {
    expect(await problems('resources: {infra: k8s/test-cluster}')).to.deep.equal([]);
    expect(await problems('resources: {infra: k8s/other}')).to.deep.equal([
      'resources.infra: this server serves "test-cluster", not "other"; write k8s, or use the server of that cluster',
    ]);
  });

  it('takes a priority class that is there', async () => {
    const domain = new FakeDomain();
    domain.priorityClasses.add('high');
    expect((await resolve('resources: {priority_class: high}', domain)).placement.priorityClass).to.equal('high');
    expect(await problems('resources: {priority_class: low}', domain)).to.deep.equal([
      'resources.priority_class: the cluster has no PriorityClass "low"; `kubectl get priorityclasses` shows what it has',
    ]);
  });

  it('maps a priority to a class, or says that it cannot', async () => {
    const policy = {
      priorityClasses: [
        { from: 500, name: 'high' },
        { from: -1000, name: 'low' },
      ],
    };
    const classOf = async (priority: number): Promise<string | undefined> =>
      (await resolve(`resources: {priority: ${priority}}`, undefined, policy)).placement.priorityClass;
    expect([await classOf(1000), await classOf(500), await classOf(499), await classOf(0)]).to.deep.equal([
      'high',
      'high',
      'low',
      undefined,
    ]);
    const { warnings } = await resolve('resources: {priority: 5}');
    expect(warnings.map(({ description }) => description)).to.deep.equal([
      'resources.priority: ignored: this server has no PriorityClass for 5',
    ]);
  });

  it('takes a queue that is there, however it is named', async () => {
    const domain = new FakeDomain();
    domain.queues = new Set(['q']);
    const byConfig = 'config: {kubernetes: {kueue: {local_queue_name: q}}}';
    const byLabel = 'resources: {labels: {kueue.x-k8s.io/queue-name: q}}';
    for (const text of [byConfig, byLabel]) expect((await resolve(text, domain)).placement.queue).to.equal('q');
    expect(await problems(byConfig)).to.have.length(1);
    domain.queues = new Set();
    expect(await problems(byLabel, domain)).to.have.length(1);
  });

  it('takes service accounts and pod specs that the server allows', async () => {
    const text =
      'config: {kubernetes: {remote_identity: robot, pod_config: {spec: {hostNetwork: true, tolerations: []}}}}';
    expect(await problems(text)).to.have.length(2);
    expect(await problems(text, undefined, { serviceAccounts: ['robot'], podConfig: ['hostNetwork'] })).to.deep.equal(
      [],
    );
  });

  it('takes secrets that the server has', async () => {
    const text = 'managed_secrets: [A, {B: {mount_path: /b}}]';
    const secrets = { A: { secret: 's', key: 'k' }, B: { secret: 't', key: 'l' } };
    expect((await resolve(text, undefined, { secrets })).placement.managedSecrets).to.deep.equal([
      { name: 'A', mountPath: undefined, secret: 's', key: 'k' },
      { name: 'B', mountPath: '/b', secret: 't', key: 'l' },
    ]);
    expect(await problems(text)).to.have.length(2);
  });

  it('takes storage in its own namespace only', async () => {
    expect(await problems('volumes: {/x: {size: 1, config: {namespace: default}}}')).to.deep.equal([]);
    expect(await problems('volumes: {/x: {size: 1, config: {namespace: other}}}')).to.have.length(1);
  });

  it('tells everything that is wrong at once', async () => {
    const text = 'resources: {infra: k8s/other, priority_class: low, accelerators: V100}\nmanaged_secrets: [A]';
    expect(await problems(text)).to.have.length(4);
  });
});
