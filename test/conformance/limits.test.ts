import { expect } from 'chai';
import { useApi } from '../support/api.js';
import { REAL } from '../support/target.js';
import { pod } from './objects.js';

describe('what a container may use', () => {
  const api = useApi();
  const terminated = async (name: string) =>
    (await api.untilOf(`pods/${name}`, ({ status }) => status.phase === 'Failed')).status.containerStatuses[0].state
      .terminated;

  it('is memory up to its limit: it is ended for more, and says so', async function () {
    const { body } = await api.call('GET', '/api/v1/nodes');
    const said = body.items[0].metadata.annotations['embedded.k8s-cli/resource-limits'];
    // Where this machine does not let limits be enforced, that is said.
    if (!REAL && said !== 'enforced') {
      expect(said).to.match(/^used for scheduling, not enforced: ./);
      this.skip();
    }
    const program = 'import time; print("begun", flush=True); x = b"x" * 300_000_000; time.sleep(60)';
    const resources = { limits: { memory: '64Mi', cpu: '500m' } };
    await api.call('POST', 'pods', pod('greedy', '', { command: ['python3', '-c', program], resources }));
    expect(await terminated('greedy')).to.include({ reason: 'OOMKilled', exitCode: 137 });
    expect((await api.call('GET', 'pods/greedy/log')).body).to.equal('begun\n');
  });

  it('is time up to its deadline: it is killed when it does not end, and nothing of it is left', async () => {
    const script = 'trap "" TERM; echo begun; while :; do sleep 0.1; done';
    await api.call('POST', 'pods', pod('endless', script, {}, { activeDeadlineSeconds: 5 }));
    expect(await terminated('endless')).to.include({ reason: 'Error', exitCode: 137 });
    expect((await api.call('GET', 'pods/endless/log')).body).to.equal('begun\n');
  });
});
