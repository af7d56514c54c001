import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { localPlace } from '../../../../../cli/local/place.js';
import { createSandbox, type Sandbox } from '../../support/cli.js';

describe('k8s-cli local logs', () => {
  let sandbox: Sandbox;
  let clusterLog: string;

  beforeEach(() => {
    sandbox = createSandbox();
    const { clusterData } = localPlace({ HOME: sandbox.dir });
    mkdirSync(clusterData, { recursive: true });
    clusterLog = `${clusterData}/cluster.log`;
  });
  afterEach(() => sandbox.remove());

  for (const [tail, shown] of [
    ['0', ''],
    ['1', 'three'],
    ['2', '\nthree'],
    ['3', 'two\n\nthree'],
    ['9', '\none\ntwo\n\nthree'],
  ] as const) {
    it(`--tail ${tail} goes on in what was put aside: ${JSON.stringify(shown)}`, async () => {
      writeFileSync(`${clusterLog}.1`, '\none\ntwo\n');
      writeFileSync(clusterLog, '\nthree');
      const { exitCode, stdout, stderr } = await sandbox.cli(['local', 'logs', '--tail', tail]);
      expect({ exitCode, stdout, stderr }).to.deep.equal({
        exitCode: 0,
        stdout: shown,
        stderr: '==> server <==\n==> cluster <==\n',
      });
    });
  }

  it('has no more than a piece of a large log in memory', async () => {
    const text = `${'x'.repeat(99)}\n`.repeat(20_000);
    writeFileSync(clusterLog, text);
    const sizes: number[] = [];
    const { stdout } = await sandbox.cli(['local', 'logs'], { onStdout: (piece) => sizes.push(piece.length) });
    expect(stdout === text).to.equal(true);
    expect(Math.max(...sizes)).to.be.at.most(65_536);
  });
});
