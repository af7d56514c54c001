import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';
import type { Ending } from '../support/program.js';
import { keptBeginnings, keptLogs, startServer } from '../support/server.js';
import { targetKubeconfig } from '../support/target.js';

const TEXT = String.raw`i=0; while [ $i -lt 50 ]; do echo "line $i"; i=$((i+1)); done; printf 'caf\303\251 without newline'`;

describe('logs that outlive their pods', () => {
  const house = useHouse();

  /** Deletes the pods of a task, and waits until they are gone. */
  async function deletePods(id: string): Promise<void> {
    const selector = `task-id=${id}`;
    for (const pod of await house.kubernetes.list('pods', selector)) {
      await house.kubernetes.remove('pods', pod.metadata?.name ?? '');
    }
    await eventually(async () => expect(await house.kubernetes.list('pods', selector)).to.deep.equal([]));
  }

  const untilKept = (id: string, count: number): Promise<void> =>
    eventually(() => {
      expect(keptLogs(id)).to.have.length(count);
    });

  const read = (id: string, ...flags: string[]): Promise<Ending> => house.cli(['jobs', 'logs', id, ...flags]);

  it('are the same before and after, whole, in part, and over REST', async () => {
    const { task_id: id } = await house.submit({ num_nodes: 2, run: TEXT });
    await house.until(id, 'completed');
    const whole = await read(id, '--timestamps', '--node', '1');
    const part = await read(id, '--tail', '3', '--node', '0');
    expect(logLines(whole.stdout)).to.have.length(51);
    await untilKept(id, 2);
    await deletePods(id);
    expect((await read(id, '--timestamps', '--node', '1')).stdout).to.equal(whole.stdout);
    expect((await read(id, '--tail', '3', '--node', '0')).stdout).to.equal(part.stdout);
    expect(await house.log(id, '?node=0')).to.have.length(51);
    const other = await house.anotherServer();
    const { stdout } = await house.cli(['jobs', 'logs', id, '--node', '1', '--timestamps'], {
      env: { K8S_CLI_API_URL: other.url },
    });
    expect(stdout, 'another replica with the same directory').to.equal(whole.stdout);
  });

  it('have what a stopped program wrote last', async () => {
    const run = 'trap "echo cleaning up; sleep 1; echo clean; exit 0" TERM; echo begun; sleep 600 & wait';
    const { task_id: id } = await house.submit({ run });
    await house.until(id, 'running');
    await eventually(async () => expect(await house.log(id, '?follow=false')).to.deep.equal(['begun']));
    expect((await house.cli(['jobs', 'stop', id])).stderr).to.equal('');
    await house.until(id, 'stopped');
    await eventually(async () => expect(await house.kubernetes.list('pods', `task-id=${id}`)).to.deep.equal([]));
    const { code, stdout, stderr } = await read(id);
    expect(stdout).to.equal('begun\ncleaning up\nclean\n');
    expect(stderr).to.not.contain('missing');
    expect(code).to.equal(122);
  });

  it('have what a program wrote whose pod somebody deletes', async () => {
    const { task_id: id } = await house.submit({
      run: 'trap "echo evicted; exit 7" TERM; echo begun; sleep 600 & wait',
    });
    await house.until(id, 'running');
    await eventually(async () => expect(await house.log(id, '?follow=false')).to.deep.equal(['begun']));
    await deletePods(id);
    await house.until(id, 'failed');
    expect((await read(id)).stdout).to.equal('begun\nevicted\n');
  });

  it('say so where the beginning was rotated away before anybody read it, kept or not', async () => {
    // A kubelet looks every ten seconds whether a file has come to 10 MiB, and serves the newest one only.
    const line = 'x'.repeat(199);
    const run = [
      'echo first; until [ -e /tmp/write ]; do sleep 0.1; done',
      `yes ${line} | head -n 60000`,
      'until [ -e /tmp/end ]; do echo tick; sleep 0.1; done',
    ].join('\n');
    const { task_id: id } = await house.submit({ run });
    await eventually(() => expect(keptBeginnings(id)).to.have.length(1));
    await house.touch(id, '/tmp/write');
    const [pod] = await house.kubernetes.list('pods', `task-id=${id}`);
    const path = `/api/v1/namespaces/${house.kubernetes.namespace}/pods/${pod?.metadata?.name}/log`;
    await eventually(async () => {
      const body = await house.kubernetes.client.stream({ path, query: { limitBytes: 4 } });
      expect(await body.text()).to.match(/^xxxx|^tick/);
    });
    const missing = /lines are missing before \S+: the log file was rotated before it was read$/m;
    const rest = /^(x+\n)*(tick\n)+$/;
    const late = await eventually(async () => {
      const ending = await read(id, '--no-follow');
      expect(ending.stdout).to.match(rest);
      return ending;
    });
    expect(late.stderr).to.match(missing);
    await house.touch(id, '/tmp/end');
    await house.until(id, 'completed');
    await untilKept(id, 1);
    await deletePods(id);
    const kept = await read(id);
    expect(kept.stderr).to.match(missing);
    expect(kept.code).to.equal(125);
    expect(kept.stdout).to.match(rest);
  });

  it('go with the record of their task', async () => {
    const { task_id: id } = await house.submit({ run: 'echo hello' });
    await house.until(id, 'completed');
    await untilKept(id, 1);
    await house.kubernetes.remove('configmaps', `task-${id}`);
    await untilKept(id, 0);
  });

  it('go with their task when it is deleted, which it can be when it has ended', async () => {
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    await house.until(id, 'running');
    const early = await house.cli(['jobs', 'delete', id]);
    expect({ code: early.code, stdout: early.stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(early.stderr).to.contain(`task ${id} is running; stop it first with`);
    await house.cli(['jobs', 'stop', id]);
    const waited = await house.cli(['jobs', 'wait', id]);
    expect(waited.stdout).to.match(new RegExp(`^Task ${id} stopped after `));
    expect(waited.code).to.equal(122);
    await untilKept(id, 1);
    const late = await house.cli(['jobs', 'delete', id]);
    expect(late).to.include({ code: 0, stdout: `Task ${id} is deleted\n`, stderr: '' });
    expect((await house.cli(['jobs', 'status', id])).code, 'at once').to.equal(123);
    await untilKept(id, 0);
    await eventually(async () => expect(await house.kubernetes.list('jobs', `task-id=${id}`)).to.deep.equal([]));
  });

  it('are not kept where nobody wants them', async () => {
    const { task_id: id } = await house.submit({ run: 'echo hello' });
    await house.until(id, 'completed');
    await untilKept(id, 1);
    await deletePods(id);
    const { namespace } = house.kubernetes;
    const other = await startServer({ kubeconfig: targetKubeconfig(), namespace, port: 0, logDir: 'none' });
    const { code, stderr } = await house.cli(['jobs', 'logs', id], { env: { K8S_CLI_API_URL: other.url } });
    await other.program.stop();
    expect(stderr).to.match(/its pod is gone, and the log with it/);
    expect(code).to.equal(125);
  });
});
