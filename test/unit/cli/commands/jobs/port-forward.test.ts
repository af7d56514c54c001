import { expect } from 'chai';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

describe('jobs port-forward', () => {
  const fixture = useServer();

  it('refuses ports that there are not', async () => {
    await fixture.serve({});
    for (const port of ['http', '0', '70000', '1:2:3', '70000:80']) {
      const { exitCode, stderr } = await fixture.cli(['jobs', 'port-forward', 'abc12345', port]);
      expect(stderr).to.contain(`PORT ${port}: write PORT or LOCAL:PORT`);
      expect(exitCode).to.equal(2);
    }
  });

  it('refuses nodes that there are not, and tasks that have ended', async () => {
    await fixture.serve({ unary: { getTask: () => FAILED } });
    const none = await fixture.cli(['jobs', 'port-forward', 'abc12345', '80', '--node', '2']);
    expect(none.stderr).to.match(/--node 2: task \w+ has 2 nodes/);
    expect(none.exitCode).to.equal(2);
    const ended = await fixture.cli(['jobs', 'port-forward', 'abc12345', '80']);
    expect(ended.stderr).to.contain('has ended');
    expect(ended.exitCode).to.equal(1);
  });

  it('says that a port of this machine is in use, and which to name instead', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await fixture.serve({ unary: { getTask: () => task({ nodes: [{ index: 0 }] }) } });
    const { exitCode, stderr } = await fixture.cli(['jobs', 'port-forward', 'abc12345', `${port}:80`]);
    taken.close();
    expect(stderr).to.equal(`k8s-cli: port ${port} of this machine is in use; choose another: LOCAL:80, or :80\n`);
    expect(exitCode).to.equal(1);
  });
});
