import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { packageVersion } from '../../../../cli/version.js';
import { grpcError } from '../../client/support/scripted-server.js';
import { useServer } from '../support/fixture.js';

describe('k8s-cli doctor', () => {
  const fixture = useServer();
  const well = {
    getServiceInfo: () => ({ status: 'ok', service: 'k8s-cli-api', version: packageVersion() }),
    listTasks: () => ({ tasks: [], nextPageToken: '' }),
    diagnose: () => ({
      checks: [
        { name: 'cluster', status: 'ok', message: 'answers', fix: '' },
        { name: 'gpus', status: 'warning', message: 'not offered', fix: 'install the plugin' },
      ],
    }),
  };

  it('shows what it and the server found, and succeeds with warnings', async () => {
    await fixture.serve({ unary: well });
    const { exitCode, stdout } = await fixture.cli(['doctor']);
    expect(exitCode).to.equal(0);
    expect(stdout.split('\n').map((line) => line.split('\t').slice(0, 2).join(' '))).to.deep.equal([
      'CHECK STATUS',
      'configuration ok',
      'server ok',
      'access ok',
      'cluster ok',
      'gpus warning',
      '',
    ]);
    const shown = await fixture.cli(['doctor'], { terminal: true, env: { NO_COLOR: '1' } });
    expect(shown.stdout).to.contain('! gpus           not offered\n                 To repair: install the plugin\n');
    const wide = await fixture.cli(['doctor', '-o', 'wide', '--no-color'], { terminal: true });
    expect(wide.stdout).to.match(/^CHECK {10}STATUS {3}FOUND {2,}TO REPAIR\n/);
    expect(wide.stdout).to.match(/^gpus {11}warning {2}not offered {2,}install the plugin$/m);
  });

  it('fails when a check does, and answers in JSON', async () => {
    const diagnose = (): object => ({
      checks: [{ name: 'storage', status: 'failed', message: 'none', fix: 'add one' }],
    });
    await fixture.serve({ unary: { ...well, diagnose } });
    const { exitCode, stdout } = await fixture.cli(['doctor', '-o', 'json']);
    expect(exitCode).to.equal(1);
    expect((JSON.parse(stdout) as { checks: unknown[] }).checks.at(-1)).to.deep.equal({
      name: 'storage',
      status: 'failed',
      message: 'none',
      fix: 'add one',
    });
  });

  it('ends where it gets no further, and says what to do there', async () => {
    await fixture.serve({ unary: well });
    const nobody = await fixture.cli(['doctor', '--server', 'http://127.0.0.1:1']);
    expect(nobody.exitCode).to.equal(1);
    expect(nobody.stdout).to.match(
      /^server\tfailed\tcannot reach the server .*: connection refused\tstart it with .*\n$/m,
    );
    await fixture.server.close();
    const listTasks = (): never => {
      throw grpcError(status.UNAUTHENTICATED, 'no token', { reason: 'TOKEN_MISSING' });
    };
    await fixture.serve({ unary: { ...well, listTasks } });
    const { stdout } = await fixture.cli(['doctor']);
    expect(stdout).to.match(
      /^access\tfailed\tthe server at \S+ wants a token\tset it with k8s-cli config set-context/m,
    );
    expect(stdout).to.not.contain('cluster');
  });

  it('tells of a configuration that others can read, and of one that makes no sense', async () => {
    await fixture.serve({ unary: well });
    const folder = join(fixture.dir, '.config', 'k8s-cli');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.yaml'), 'contexts: {}\n');
    chmodSync(join(folder, 'config.yaml'), 0o644);
    expect((await fixture.cli(['doctor'])).stdout).to.match(/^configuration\twarning\t.* read by others\tchmod 600 /m);
    writeFileSync(join(folder, 'config.yaml'), '[]\n');
    const broken = await fixture.cli(['doctor']);
    expect(broken.exitCode).to.equal(1);
    expect(broken.stdout).to.match(/^configuration\tfailed\t.*must be a mapping\trepair or delete it$/m);
  });

  it('says when server and client are of different versions', async () => {
    await fixture.serve({
      unary: { ...well, getServiceInfo: () => ({ status: 'ok', service: 's', version: '9.9.9' }) },
    });
    expect((await fixture.cli(['doctor'])).stdout).to.match(/^server\twarning\tversion 9\.9\.9 at /m);
    const version = await fixture.cli(['version']);
    expect(version.exitCode).to.equal(0);
    expect(version.stdout).to.match(/^Client:\t\S+ \(Node v\d.*\)\nServer:\t9\.9\.9 at http:/);
    expect(JSON.parse((await fixture.cli(['version', '-o', 'json'])).stdout)).to.deep.include({
      server: { version: '9.9.9', url: fixture.server.url },
    });
    const alone = await fixture.cli(['version', '--server', 'http://127.0.0.1:1', '-o', 'json']);
    expect(alone.exitCode).to.equal(1);
    expect(JSON.parse(alone.stdout)).to.deep.include({ server: null });
    expect(alone.stderr).to.match(/cannot reach the server/);
  });
});
