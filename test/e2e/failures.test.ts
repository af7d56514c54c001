import { expect } from 'chai';
import { eventually, withMoreTime } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';

describe('a task that fails', () => {
  const house = useHouse();

  it('takes its other nodes along, names the first, and loses no log', async () => {
    const run = [
      'trap "echo told to end; exit 0" TERM',
      'echo begun',
      'if [ "$NODE_RANK" = 2 ]; then until [ -e /tmp/fail ]; do sleep 0.1; done; echo "no such file: data.bin" >&2; exit 4; fi',
      'while true; do sleep 0.1; done',
    ].join('\n');
    const file = house.file('together.yaml', `num_nodes: 3\nrun: |\n  ${run.replaceAll('\n', '\n  ')}\n`);
    const follow = house.startCli(['jobs', 'submit', file]);
    const [, id = ''] = await follow.seen('stdout', /^Task (\S+) submitted$/m);
    for (const node of [0, 1]) await follow.seen('stdout', new RegExp(`^node-${node} \\| begun$`, 'm'));
    await house.touch(id, '/tmp/fail', 2);
    const { code, stdout, stderr } = await follow.ended;
    expect(code, stderr).to.equal(4);
    expect(stdout).to.contain('node-0 | told to end\n').and.to.contain('node-1 | told to end\n');
    expect(stderr).to.contain('node-0 | stopped because node-2 failed').and.to.contain('node-2 | failed: exit code 4');
    const cause = /node-2 exited 4 at \d\d:\d\d:\d\d; nodes 0 and 1 were stopped because of it/;
    expect(stderr).to.match(new RegExp(`^Task ${id} failed after \\d+s: ${cause.source}$`, 'm'));
    const task = await house.task(id);
    expect(task).to.include({ status: 'failed', state: 'FAILED', stop: null });
    expect(task.nodes.map(({ state, reason }) => `${state} ${reason}`)).to.deep.equal([
      'STOPPED PeerFailed',
      'STOPPED PeerFailed',
      'FAILED Error',
    ]);
    expect(task.diagnosis?.cause).to.match(cause);
    expect(task.diagnosis?.evidence).to.include('no such file: data.bin');
    expect(task.diagnosis).to.include({ category: 'ExitCode', node: 2 });
    expect(task.finished_at).to.not.equal(null);
    const log = await house.log(id);
    expect(log).to.include.members(['node-0 | told to end', 'node-1 | told to end', 'node-2 | begun']);
    expect((await house.cli(['jobs', 'status', id])).stdout).to.match(
      /^Reason:\tnode-2 exited 4 at .*stopped because of it$/m,
    );
  });

  it('says the same when its pods, Jobs and events are gone', async () => {
    const run = '[ "$NODE_RANK" = 0 ] && { echo "mkdir: Read-only file system" >&2; exit 1; }; sleep 600 & wait';
    const { task_id: id } = await house.submit({ num_nodes: 2, run });
    const before = await eventually(async () => {
      const task = await house.task(id);
      expect(task.finished_at).to.not.equal(null);
      const { data } = await house.kubernetes.get('configmaps', `task-${id}`);
      expect(data).to.include.keys('result-0', 'result-1');
      return task;
    });
    expect(before.diagnosis).to.include({ category: 'ReadOnlyFileSystem' });
    for (const job of before.metadata.node_jobs) await house.kubernetes.remove('jobs', job);
    await eventually(async () => expect(await house.kubernetes.list('pods', `task-id=${id}`)).to.deep.equal([]));
    const after = await house.task(id);
    expect(after.diagnosis).to.deep.equal(before.diagnosis);
    expect(after.nodes.map(({ state }) => state)).to.deep.equal(['FAILED', 'STOPPED']);
    expect(after.finished_at).to.equal(before.finished_at);
  });

  it('is ended once, whichever of several servers sees it first', async () => {
    await Promise.all([house.anotherServer(), house.anotherServer()]);
    const run = '[ "$NODE_RANK" = 1 ] && exit 9; sleep 600 & wait';
    const ids = await Promise.all(
      Array.from({ length: 3 }, async () => (await house.submit({ num_nodes: 3, run })).task_id),
    );
    for (const id of ids) {
      const task = await eventually(async () => {
        const seen = await house.task(id);
        expect(seen.finished_at).to.not.equal(null);
        return seen;
      });
      expect(task.nodes.map(({ state }) => state)).to.deep.equal(['STOPPED', 'FAILED', 'STOPPED']);
      expect(task.nodes[1]?.exit_code).to.equal(9);
    }
  });

  const ends: readonly (readonly [run: string, category: string, cause: string])[] = [
    ['no-such-program', 'CommandNotFound', 'exit code 127'],
    ['kill -BUS $$', 'SharedMemory', 'exit code 135 (SIGBUS)'],
    ['kill -SEGV $$', 'ExitCode', 'exit code 139 (SIGSEGV)'],
    ['dd if=/dev/zero of=/dev/full count=1', 'DiskFull', 'exit code 1'],
    ['echo "sh: ./prog: cannot execute: Exec format error" >&2; exit 126', 'ExecFormat', 'exit code 126'],
  ];
  it('is explained by how it ended and what it wrote last', async () => {
    await Promise.all(
      ends.map(async ([run, category, cause]) => {
        const { task_id: id } = await house.submit({ run });
        const { diagnosis } = await house.until(id, 'failed');
        expect(diagnosis, run).to.include({ category, cause });
        expect(diagnosis?.fix).to.not.equal('');
      }),
    );
  });

  it('has run out of time: 124, with all of its log', async () => {
    const run = 'trap "echo \\"$NODE_RANK has to end\\"; exit 0" TERM; echo begun; while true; do sleep 0.1; done';
    // Both nodes have to have begun when the time is up.
    const ending = await withMoreTime(
      async (seconds) => {
        const file = house.file('late.yaml', `num_nodes: 2\ntimeout: ${seconds}s\nrun: ${run}\n`);
        return { seconds, ...(await house.cli(['jobs', 'submit', file])) };
      },
      ({ stdout }) => logLines(stdout).filter((line) => line.endsWith('| begun')).length < 2,
    );
    const { seconds, code, stdout, stderr } = ending;
    const id = /^Task (\S+) submitted$/m.exec(stdout)?.[1] ?? '';
    expect(code, stderr).to.equal(124);
    expect(stdout).to.contain('node-0 | 0 has to end\n').and.to.contain('node-1 | 1 has to end\n');
    expect(stderr).to.match(
      new RegExp(`^Task ${id} failed .*the task ran longer than its timeout of ${seconds}s`, 'm'),
    );
    const task = await house.task(id);
    expect(task.diagnosis).to.include({ category: 'DeadlineExceeded' });
    expect(task.nodes.map(({ state, reason }) => `${state} ${reason}`)).to.deep.equal([
      'FAILED DeadlineExceeded',
      'FAILED DeadlineExceeded',
    ]);
  });

  it('did not start in the time that it was given', async () => {
    const words = /^did not start within \d+s \(provision_timeout\): .*Insufficient cpu/;
    const { diagnosis, started_at } = await withMoreTime(
      async (seconds) => {
        const config = `config: {kubernetes: {provision_timeout: ${seconds}}}`;
        const { task_id: id } = await house.submit(`${config}\nresources: {cpus: 500}\nrun: echo never\n`);
        return house.until(id, 'failed');
      },
      (task) => !words.test(task.diagnosis?.cause ?? ''),
    );
    expect(started_at).to.equal(null);
    expect(diagnosis).to.include({ category: 'DeadlineExceeded' });
    expect(diagnosis?.cause).to.match(words);
  });
});
