import { expect } from 'chai';
import { task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

describe('k8s-cli jobs status', () => {
  const fixture = useServer();

  it('shows what is wrong first, then the task, then its nodes', async () => {
    await fixture.serve({ unary: { getTask: () => FAILED } });
    const { stdout, exitCode } = await fixture.cli(['jobs', 'status', 'abc12345']);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^Task: +abc12345\nStatus: +failed\nReason: +node-1: exit code 3\nFix: +look at/);
    expect(stdout).to.match(/\nNodes: +2 \(2 failed\)\n/);
    expect(stdout).to.match(/\nnode-0 {2}failed {2}137 /);
  });

  it('prints the bare task as JSON', async () => {
    await fixture.serve({ unary: { getTask: () => FAILED } });
    const { stdout } = await fixture.cli(['jobs', 'status', 'abc12345', '-o', 'json']);
    expect(JSON.parse(stdout)).to.include({ task_id: 'abc12345', status: 'failed' });
  });

  it('keeps control characters of the cluster from the terminal', async () => {
    await fixture.serve({ unary: { getTask: () => task({ name: 'a\u001b[2Jb\nc' }) } });
    const { stdout } = await fixture.cli(['jobs', 'status', 'abc12345']);
    expect(stdout).to.match(/Name: +a\?\[2Jb c\n/);
  });
});
