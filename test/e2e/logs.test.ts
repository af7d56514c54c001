import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';

describe('the logs of a task', () => {
  const house = useHouse();

  it('of three nodes come together, each line with its node in front', async () => {
    const run = 'for i in 1 2 3; do echo "line $i"; echo "error $i" >&2; done';
    const { task_id: id } = await house.submit({ num_nodes: 3, run });
    const { code, stdout, stderr } = await house.cli(['jobs', 'logs', id]);
    expect(code).to.equal(0);
    expect(stderr).to.match(new RegExp(`^Task ${id} completed after `, 'm'));
    const lines = logLines(stdout);
    for (const node of [0, 1, 2]) {
      const own = lines
        .filter((line) => line.startsWith(`node-${node} | `))
        .map((line) => line.slice('node-0 | '.length));
      expect(own.filter((line) => line.startsWith('line'))).to.deep.equal(['line 1', 'line 2', 'line 3']);
      expect(own.filter((line) => line.startsWith('error'))).to.deep.equal(['error 1', 'error 2', 'error 3']);
    }
    expect(lines).to.have.length(18);
    expect(await house.log(id)).to.have.members(lines);
  });

  it('of one node come as they are', async () => {
    const bytes = String.raw`printf 'caf\303\251 \377\376 \t end\n\nlast without newline'`;
    const { task_id: id } = await house.submit({ run: bytes });
    await house.until(id, 'completed');
    const { text, headers } = await house.rest('GET', `/tasks/${id}/logs`);
    expect(headers.get('content-type')).to.match(/^text\/plain/);
    expect(text).to.equal('café \ufffd\ufffd \t end\n\nlast without newline\n');
    const { stdout } = await house.cli(['jobs', 'logs', id]);
    expect(stdout).to.equal('café \ufffd\ufffd \t end\n\nlast without newline');
  });

  it('wait for a node that is ready late: no node runs before all can', async () => {
    // Their own clocks: lines of different nodes are shown as they come, which need not be the order in which they were written.
    const setup = 'if [ "$NODE_RANK" = 1 ]; then sleep 2; echo "ready at $(date +%s)"; fi';
    const { task_id: id } = await house.submit({ num_nodes: 2, setup, run: 'echo "here at $(date +%s)"' });
    const { code, stdout } = await house.cli(['jobs', 'logs', id]);
    expect(code).to.equal(0);
    const timeOf = (line: string): number => Number(new RegExp(`^${line} at (\\d+)$`, 'm').exec(stdout)?.[1]);
    for (const node of [0, 1])
      expect(timeOf(`node-${node} \\| here`), stdout).to.be.at.least(timeOf('node-1 \\| ready'));
  });

  it('go on when a node has failed and the others are to go on', async () => {
    const run = `
      if [ "$NODE_RANK" = 0 ]; then echo gives up; exit 4; fi
      until [ -e /tmp/told ]; do sleep 0.1; done
      echo goes on`;
    const { task_id: id } = await house.submit({ num_nodes: 2, fail_fast: false, run });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stderr', /^node-0 \| failed: exit code 4$/m);
    await follow.seen('stdout', /^node-0 \| gives up$/m);
    await house.touch(id, '/tmp/told', 1);
    const { code, stdout, stderr } = await follow.ended;
    expect(logLines(stdout)).to.deep.equal(['node-0 | gives up', 'node-1 | goes on']);
    expect(stderr).to.match(new RegExp(`^Task ${id} failed after \\d+s: node-0 exited 4 at \\S+$`, 'm'));
    expect(code).to.equal(4);
  });

  it('lose none of many lines', async () => {
    // The wait: container runtimes may lose what a program on a busy machine writes just before it ends.
    const lines = 'i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo "line $i"; done';
    const { task_id: id } = await house.submit({ run: `${lines}; until [ -e /tmp/read ]; do sleep 0.1; done` });
    await eventually(async () => expect(await house.log(id, '?follow=false&tail=1')).to.deep.equal(['line 30000']));
    await house.touch(id, '/tmp/read');
    const expected = Array.from({ length: 30_000 }, (_, index) => `line ${index + 1}`);
    expect(await house.log(id)).to.deep.equal(expected);
    const { stdout } = await house.cli(['jobs', 'logs', id]);
    expect(stdout.trimEnd().split('\n')).to.deep.equal(expected);
  });

  it('can be read in part', async () => {
    const run = 'for i in 1 2 3 4 5; do echo "$i"; done';
    const { task_id: id } = await house.submit({ num_nodes: 2, run });
    await house.until(id, 'completed');
    expect(await house.log(id, '?tail=2&node=1')).to.deep.equal(['node-1 | 4', 'node-1 | 5']);
    expect(await house.log(id, '?tail=0')).to.deep.equal([]);
    expect(await house.log(id, '?since=1h&follow=false&node=0')).to.have.length(5);
    const [line] = await house.log(id, '?timestamps=true&tail=1&node=0');
    expect(line).to.match(/^node-0 \| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z 5$/);
    const { status, text } = await house.rest('GET', `/tasks/${id}/logs?node=2`);
    expect(status, text).to.equal(400);
  });

  it('are not waited for with --no-follow', async () => {
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stdout', /begun/);
    const { code, stdout, stderr } = await house.cli(['jobs', 'logs', id, '--no-follow', '--timestamps']);
    expect(stdout).to.match(/^\S+Z begun\n$/);
    expect(stderr).to.contain(`Task ${id} running`);
    expect(code).to.equal(0);
    await house.cli(['jobs', 'stop', id]);
    expect((await follow.ended).code).to.equal(122);
  });
});
