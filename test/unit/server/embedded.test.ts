import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ensureEmbeddedCluster } from '../../../server/embedded.js';

describe('ensureEmbeddedCluster', () => {
  let folder: string;
  let dataDir: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-cli-embedded-'));
    dataDir = join(folder, 'state', 'cluster');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that does this and says what it was started with. */
  function program(script: string): string[] {
    const path = join(folder, 'cluster.mjs');
    writeFileSync(
      path,
      `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(join(folder, 'starts'))}, JSON.stringify(process.argv.slice(2)) + '\\n');
      ${script}`,
    );
    return [process.execPath, path];
  }
  const starts = (): string[][] =>
    readFileSync(join(folder, 'starts'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
  const noSleep = (): Promise<void> => Promise.resolve();

  it('uses a cluster that runs already', async () => {
    const found = await ensureEmbeddedCluster({
      program: program(''),
      dataDir,
      answers: async (path) => path === join(dataDir, 'kubeconfig'),
      sleep: noSleep,
      onStart: () => expect.fail('nothing was started'),
    });
    expect(found).to.equal(join(dataDir, 'kubeconfig'));
    expect(starts).to.throw(/ENOENT/);
  });

  it('starts one on a folder that only its owner may enter', async () => {
    let told = 0;
    const options = { dataDir, answers: async () => false, sleep: noSleep, onStart: () => void (told += 1) };
    const started = program(`console.log('warming up'); console.log('ready /tmp/kube config');`);
    expect(await ensureEmbeddedCluster({ ...options, program: started })).to.equal('/tmp/kube config');
    expect(starts()).to.deep.equal([['--data-dir', dataDir, '--idle-exit', '30']]);
    expect(told).to.equal(1);
    expect(statSync(dataDir).mode & 0o777).to.equal(0o700);
  });

  it('finds the cluster that another server was quicker to start', async () => {
    let asked = 0;
    const answers = async (): Promise<boolean> => {
      asked += 1;
      return asked === 3;
    };
    const locked = program(`console.error('locked'); process.exitCode = 1;`);
    const found = await ensureEmbeddedCluster({ program: locked, dataDir, answers, sleep: noSleep });
    expect(found).to.equal(join(dataDir, 'kubeconfig'));
    expect(starts()).to.have.length(2);
  });

  it('starts none when none is wanted any more', async () => {
    const stopping = new AbortController();
    const answers = async (): Promise<boolean> => {
      stopping.abort();
      return false;
    };
    const started = program(`console.log('ready /tmp/kubeconfig');`);
    const options = { program: started, dataDir, answers, sleep: noSleep, signal: stopping.signal };
    const failure: unknown = await ensureEmbeddedCluster(options).catch((thrown: unknown) => thrown);
    expect(failure).to.have.property('name', 'AbortError');
    expect(starts).to.throw(/ENOENT/);
  });

  it('gives up with the last words of the cluster', async () => {
    const broken = program(`console.error('no space left on device'); process.exitCode = 1;`);
    const error = await ensureEmbeddedCluster({
      program: broken,
      dataDir,
      answers: async () => false,
      sleep: noSleep,
    }).catch((thrown: unknown) => thrown);
    expect(error).to.be.an('error');
    expect((error as Error).message)
      .to.include('no space left on device')
      .and.include(join(dataDir, 'cluster.log'));
    expect(starts()).to.have.length(10);
  });

  it('puts a large log aside before it starts one, and reads no more than the end of it', async () => {
    const log = join(dataDir, 'cluster.log');
    const options = { dataDir, answers: async () => false, sleep: noSleep };
    const started = program(`console.error('hello'); console.log('ready /tmp/kubeconfig');`);
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(log, 'x'.repeat(1024 * 1024 + 1));
    await ensureEmbeddedCluster({ ...options, program: started });
    expect(statSync(`${log}.1`).size).to.equal(1024 * 1024 + 1);
    expect(statSync(log).size).to.be.lessThan(100);

    const broken = program(`console.error('y'.repeat(2e6)); console.error('no room'); process.exitCode = 1;`);
    const error: unknown = await ensureEmbeddedCluster({ ...options, program: broken }).catch((thrown) => thrown);
    expect((error as Error).message)
      .to.match(/y; no room \(/)
      .and.have.length.below(10_000);
  });

  it('says that the program cannot be run', async () => {
    const error = await ensureEmbeddedCluster({
      program: [join(folder, 'missing')],
      dataDir,
      answers: async () => false,
      sleep: noSleep,
    }).catch((thrown: unknown) => thrown);
    expect(error).to.be.an('error');
    expect((error as Error).message).to.include('did not start');
  });
});
