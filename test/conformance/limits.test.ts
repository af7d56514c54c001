import { expect } from 'chai';
import { useApi } from '../support/api.js';
import { withMoreTime } from '../support/eventually.js';
import { REAL } from '../support/target.js';
import { pod } from './objects.js';

describe('what a container may use', () => {
  const api = useApi();
  const terminated = async (name: string) =>
    (await api.untilOf(`pods/${name}`, ({ status }) => status.phase === 'Failed')).status.containerStatuses?.[0].state
      .terminated;

  it('is memory up to its limit: it is ended for more, and says so', async function () {
    const { body } = await api.call('GET', '/api/v1/nodes');
    const said = body.items[0].metadata.annotations['embedded.k8s-cli/resource-limits'];
    // Where this machine does not let limits be enforced, that is said.
    if (!REAL && said !== 'enforced') {
      const [, unlimited] = /^(cpu and memory|cpu|memory) used for scheduling, not enforced: ./.exec(said) ?? [];
      expect(unlimited, said).to.be.a('string');
      if (unlimited !== 'cpu') this.skip();
    }
    const program = 'import time; print("begun", flush=True); x = b"x" * 300_000_000; time.sleep(60)';
    const resources = { limits: { memory: '64Mi', cpu: '500m' } };
    await api.call('POST', 'pods', pod('greedy', '', { command: ['python3', '-c', program], resources }));
    expect(await terminated('greedy')).to.include({ reason: 'OOMKilled', exitCode: 137 });
    expect((await api.call('GET', 'pods/greedy/log')).body).to.equal('begun\n');
  });

  it('is time up to its deadline: it is killed when it does not end, and nothing of it is left', async () => {
    const script = 'trap "" TERM; echo begun; while :; do sleep 0.1; done';
    // Its container has to have begun by then.
    const name = (seconds: number): string => `endless-${seconds}`;
    const { log, state } = await withMoreTime(
      async (seconds) => {
        await api.call('POST', 'pods', pod(name(seconds), script, {}, { activeDeadlineSeconds: seconds }));
        const ended = await terminated(name(seconds));
        return { state: ended, log: (await api.call('GET', `pods/${name(seconds)}/log`)).body };
      },
      (end) => end.log !== 'begun\n',
      4,
    );
    expect(state).to.include({ reason: 'Error', exitCode: 137 });
    expect(log).to.equal('begun\n');
  });
});
