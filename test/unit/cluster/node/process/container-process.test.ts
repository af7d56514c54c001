import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type ContainerProcess,
  type Exit,
  LaunchError,
  startContainer,
} from '../../../../../cluster/node/process/container-process.js';
import { isWithin } from '../../../../../cluster/node/process/host-mounts.js';
import { detectIsolation } from '../../../../../cluster/node/process/isolation.js';
import type { Isolation, Launch } from '../../../../../cluster/node/process/launch-script.js';

describe('a container', () => {
  let dataDir: string;
  let detected: Isolation;

  before(async () => {
    // Characters that a shell or a mount option would take for their own.
    dataDir = await realpath(await mkdtemp(join(tmpdir(), "it's a:b,c $x-")));
    detected = (await detectIsolation(dataDir)).isolation;
  });

  after(() => rm(dataDir, { recursive: true, force: true }));

  async function start(command: string[], more: Partial<Launch> = {}): Promise<ContainerProcess> {
    const directory = await mkdtemp(join(dataDir, 'c-'));
    const isolation = more.isolation ?? detected;
    return startContainer({
      isolation,
      container: 'uid/name',
      directory,
      hidden: dataDir,
      hostname: 'h',
      mounts: [],
      joinFiles: [],
      workingDirectory: '/',
      environment: new Map([['PATH', '/usr/bin:/bin']]),
      command,
      ...more,
    });
  }

  async function run(
    command: string[],
    more: Partial<Launch> = {},
  ): Promise<Exit & { stdout: string; stderr: string }> {
    return ending(await start(command, more));
  }

  async function ending(running: ContainerProcess): Promise<Exit & { stdout: string; stderr: string }> {
    const read = async (stream: AsyncIterable<unknown>): Promise<string> => {
      let text = '';
      for await (const chunk of stream) text += String(chunk);
      return text;
    };
    const output = Promise.all([read(running.stdout), read(running.stderr)]);
    await running.started;
    const [stdout, stderr] = await output;
    return { ...(await running.exited), stdout, stderr };
  }

  /** What happens when mounts are tried all the same on a machine that allows none. */
  const refusedMount = (): Promise<unknown> => run(['true'], { isolation: 'bind' }).catch((reason: unknown) => reason);

  for (const isolation of ['detected', 'none'] as const) {
    const more = isolation === 'none' ? { isolation } : {};

    it(`gets its arguments and environment unchanged (${isolation})`, async () => {
      const odd = ['it\'s "quoted" $HOME `x` \\ *', '', '-n', 'zwei\nZeilen', '日本'];
      const environment = new Map([
        ['PATH', '/usr/bin:/bin'],
        ['ODD', odd[0] ?? ''],
        ['with.dot', '1'],
      ]);
      const plain = await run(['cat', '/proc/self/environ'], { ...more, environment });
      const mark = (more.isolation ?? detected) === 'none' ? [['K8S_CLI_CONTAINER', 'uid/name']] : [];
      const all = [...environment, ...mark].map(([name, value]) => `${name}=${value}\0`);
      expect(plain.stdout).to.equal(all.join(''));
      const script = 'for word; do printf "[%s]" "$word"; done; printf "%s" "$ODD" >&2';
      const { stdout, stderr, exitCode } = await run(['sh', '-c', script, 'sh', ...odd], { ...more, environment });
      expect(stdout).to.equal(odd.map((word) => `[${word}]`).join(''));
      expect(stderr).to.equal(odd[0]);
      expect(exitCode).to.equal(0);
    });

    it(`says that a signal ended it (${isolation})`, async () => {
      // A first process of a pid namespace cannot be killed from inside: its child can.
      const { exitCode } = await run(['sh', '-c', "sh -c 'kill -9 $$'; exit $?"], more);
      expect(exitCode).to.equal(137);
    });

    it(`can open its outputs again (${isolation})`, async () => {
      const { stdout, stderr } = await run(['sh', '-c', 'echo out >/dev/stdout; echo err >/dev/stderr'], more);
      expect([stdout, stderr]).to.deep.equal(['out\n', 'err\n']);
    });

    it(`is not started when its program or folder is wrong (${isolation})`, async () => {
      const error = await run(['./none'], more).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(LaunchError);
      expect(error).to.include({ stage: 'start', message: 'exec: "./none": stat ./none: no such file or directory' });
      const folder = await run(['true'], { ...more, workingDirectory: '/dev/null/x' }).catch(
        (reason: unknown) => reason,
      );
      expect(folder).to.include({ stage: 'start' });
    });
  }

  it('is heard of when it ends before anybody could listen', async () => {
    const ended = Array.from({ length: 60 }, () => run(['true'], { isolation: 'none' }));
    for (const { exitCode } of await Promise.all(ended)) expect(exitCode).to.equal(0);
  });

  it('is told to end when it listens, however long it took to be set up', async function () {
    if (detected === 'none') return this.skip();
    const source = await mkdtemp(join(dataDir, 'v-'));
    const listen = 'until [ -e /told/on ]; do sleep 0.02; done; trap "echo bye; exit 5" TERM; echo listening';
    const script = `${listen}; while :; do sleep 0.02; done`;
    const running = await start(['sh', '-c', script], { mounts: [{ source, target: '/told' }] });
    const end = ending(running);
    const { now } = Date;
    // Long after, and then no time passes.
    const later = now() + 60_000;
    Date.now = () => later;
    try {
      await running.started;
      running.terminate();
      await writeFile(join(source, 'on'), '');
      expect(await end).to.deep.include({ exitCode: 5, stdout: 'listening\nbye\n' });
    } finally {
      Date.now = now;
      running.kill();
    }
  });

  it('sees mounts at their places, through links on the way', async () => {
    if (detected === 'none') {
      expect(await refusedMount()).to.be.instanceOf(Error);
      return;
    }
    const source = await mkdtemp(join(dataDir, 'v-'));
    const mounts = [
      { source, target: '/var/run/deep/data' },
      { source, target: '/var/run/deep/data/again', readOnly: true },
      { target: '/mem', sizeBytes: 4096 },
    ];
    const script =
      'echo x >/run/deep/data/f; cat /var/run/deep/data/again/f; echo y 2>&1 >/var/run/deep/data/again/g || echo no; echo z >/mem/z; pwd';
    const { stdout } = await run(['sh', '-c', script], { mounts, workingDirectory: '/made/for/it' });
    expect(stdout)
      .to.match(/^x\n/)
      .and.to.contain('no\n')
      .and.to.match(/\/made\/for\/it\n$/);
  });

  it('reports a mount that fails', async () => {
    if (detected === 'none') {
      expect(await refusedMount()).to.be.instanceOf(Error);
      return;
    }
    const mounts = [{ source: join(dataDir, 'nowhere'), target: '/data' }];
    const error = await run(['true'], { mounts }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(LaunchError).and.to.include({ stage: 'mount' });
    expect(String(error)).to.contain('nowhere');
  });
});

describe('isWithin', () => {
  it('knows what lies below a folder', () => {
    expect(isWithin('/a/b', '/a')).to.equal(true);
    expect(isWithin('/a', '/a')).to.equal(true);
    expect(isWithin('/ab', '/a')).to.equal(false);
    expect(isWithin('/', '/a')).to.equal(false);
    expect(isWithin('/a/..b', '/a')).to.equal(true);
  });
});
