import type { V1NodeList } from '@kubernetes/client-node';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';
import { type Server, startServer } from '../support/server.js';
import { targetKubeconfig } from '../support/target.js';

/** Of the machine; two such pods have room beside what a cluster itself needs, three have not. */
const SHARE = 0.4;

describe('a task whose nodes do not all find a machine', () => {
  const house = useHouse();
  let impatient: Server;
  let cpus: string;

  before('a server that has it hold machines for a moment only', async () => {
    const { namespace, client } = house.kubernetes;
    const flags = ['--pods-ready-timeout', '3s'];
    impatient = await startServer({ kubeconfig: targetKubeconfig(), namespace, port: 0, flags });
    const { body } = await client.request<V1NodeList>({ method: 'GET', path: '/api/v1/nodes' });
    const available = body.items.map(({ status }) => cores(status?.allocatable?.['cpu'] ?? '0'));
    cpus = (Math.max(...available) * SHARE).toFixed(1);
  });
  after(() => impatient.program.stop());

  it('gives back those that it holds, and tries again until there is room for all', async () => {
    const resources = { cpus };
    const { task_id: other } = await house.submit({ resources, run: 'trap "exit 0" TERM; sleep 3000 & wait' });
    await house.until(other, 'running');
    const { task_id: id } = await house.submit({ num_nodes: 2, resources, run: 'echo "$NODE_RANK runs"' });
    const follow = house.startCli(['jobs', 'logs', id]);
    // One that the scheduler has looked at in time.
    const words = /^not all nodes found a machine within 3s \(node-[01]: 0\/\d+ nodes are available/m;
    await eventually(async () => {
      const { past_attempts: past } = await house.task(id);
      expect(past[0]).to.include({ attempt: 0, reason: 'PodsReadyTimeout' });
      expect(past.map(({ message }) => message).join('\n')).to.match(words);
    });
    await follow.seen('stderr', /waiting: attempt \d+ begins soon, because not all nodes found a machine/);
    expect(await house.task(other)).to.include({ status: 'running' });
    // A cluster may need longer than that moment to find machines that are free.
    await impatient.program.stop();
    expect((await house.cli(['jobs', 'stop', other])).code).to.equal(0);
    const { code, stdout } = await follow.ended;
    expect(code).to.equal(0);
    expect(logLines(stdout)).to.have.members(['node-0 | 0 runs', 'node-1 | 1 runs']);
  });
});

/** `2` or `1930m`, in cores. */
function cores(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}
