import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { eventually } from '../../../../support/eventually.js';
import { literal, shellCommand } from '../../../../../server/kubernetes/manifests/shell.js';

/** Kubernetes' own rule for `$(NAME)` in a command: `$$` is a `$`, a reference to nothing known stays as it is. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : (env[name ?? ''] ?? whole),
  );
}

/** Where a program really is: version managers put a script in its place, which needs more than these tests give. */
function pathOf(program: string): string {
  const script = program === 'python3' ? `python3 -c 'import sys; print(sys.executable)'` : `command -v ${program}`;
  return execFileSync('sh', ['-c', script]).toString().trim();
}

describe('literal', () => {
  it('survives the expansion of Kubernetes, whatever the text is', () => {
    const text = fc.array(fc.constantFrom('$', '(', ')', 'HOME', 'a', '$(HOME)', '$$', '\n'), { maxLength: 20 });
    fc.assert(
      fc.property(text, (parts) => {
        expect(expand(literal(parts.join('')), { HOME: '/root', '': 'x' })).to.equal(parts.join(''));
      }),
    );
  });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** What was written as termination message. */
  readonly message: string;
}

interface Wrapped {
  readonly child: ChildProcess;
  /** Resolves when the text has been printed. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<Run>;
}

const found = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Ends what is left of a process group. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Says that it is there and then waits; one process does both, so that no signal can come in between. */
const QUIET = `sh -c 'echo up; exec sleep 600'`;

describe('the wrapper around setup and run', () => {
  let folder: string;
  const running = new Set<ChildProcess>();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-cli-shell-'));
    // As in an image that has no bash: the programs of the scripts below and a shell.
    const programs = ['sleep', 'cat', 'printf', 'echo', 'kill', 'true', 'false', 'wc'];
    for (const program of programs.filter(found)) {
      const path = execFileSync('sh', ['-c', `command -v ${program}`])
        .toString()
        .trim();
      if (path.startsWith('/')) symlinkSync(path, join(folder, program));
    }
    chmodSync(folder, 0o755);
  });
  afterEach(() => {
    for (const { pid } of running) if (pid !== undefined) killGroup(pid);
    running.clear();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts the command as a container would, in a process group of its own. `making` is done by each new process before all else. */
  function start(
    setup: string,
    run: string,
    options: {
      shell?: string[];
      path?: string;
      front?: string[];
      peers?: string;
      cgroup?: string;
      making?: string;
    } = {},
  ): Wrapped {
    const message = join(folder, `message-${Math.random().toString(36).slice(2)}`);
    const [, ...args] = shellCommand(setup, run, options.peers && `${options.peers}.ready`)
      .map((part) => expand(part, {}))
      .map((part) => part.replaceAll('/dev/termination-log', message))
      .map((part) => part.replaceAll('/run/k8s-cli/peers', options.peers ?? '/nowhere'))
      .map((part) => part.replaceAll('/sys/fs/cgroup', options.cgroup ?? '/nowhere'))
      .map((part) => part.replace('stage() {\n  {\n', (text) => text + (options.making ?? '')));
    const [command = 'sh', ...before] = [...(options.front ?? []), ...(options.shell ?? ['/bin/sh'])];
    const child = spawn(command, [...before, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: options.path ?? process.env['PATH'], SKYPILOT_NODE_RANK: '0' },
    });
    running.add(child);
    let stdout = '';
    const waiting = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        for (const look of waiting) look();
      });
    }
    return {
      child,
      printed: (text) =>
        new Promise((resolve) => {
          const look = (): void => {
            if (stdout.includes(text)) resolve();
          };
          waiting.add(look);
          look();
        }),
      ended: new Promise((resolve) => {
        child.once('close', (code) =>
          resolve({ code, stdout, message: existsSync(message) ? readFileSync(message, 'utf8') : '' }),
        );
      }),
    };
  }

  const worlds: { title: string; options: { shell?: string[]; path?: string; front?: string[] } }[] = [
    { title: 'sh, with bash at hand', options: {} },
  ];
  if (found('dash')) worlds.push({ title: 'dash, without bash', options: { shell: ['dash'] } });
  if (found('busybox')) worlds.push({ title: 'busybox, without bash', options: { shell: ['busybox', 'sh'] } });
  if (found('bash')) worlds.push({ title: 'bash as sh', options: { shell: ['bash', '--posix'] } });
  const isRoot = process.getuid?.() === 0;
  const front = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
  const canUnshare = isRoot && found('unshare') && trial([...front, 'true']);
  if (canUnshare) worlds.push({ title: 'sh as PID 1', options: { front } });

  function trial([command = '', ...args]: string[]): boolean {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  for (const { title, options } of worlds) {
    describe(`under ${title}`, () => {
      const world = (): typeof options => {
        if (!title.includes('without bash')) return options;
        const shell = options.shell?.[0] ?? 'sh';
        // The wrapper looks for `sh` in the path: there it has to find this very shell.
        const own = mkdtempSync(join(folder, 'path-'));
        const real = execFileSync('sh', ['-c', `command -v ${shell}`])
          .toString()
          .trim();
        symlinkSync(real, join(own, 'sh'));
        symlinkSync(real, join(own, shell === 'sh' ? 'own-sh' : shell));
        return { ...options, path: `${own}:${folder}` };
      };

      for (const [what, setup, run, code] of [
        ['a run that works', '', 'echo hello', 0],
        ['a run that fails', '', 'exit 7', 7],
        ['the last command’s result', '', 'false; true', 0],
        ['a program that is not there', '', 'no-such-program', 127],
        ['a run that is killed', '', 'kill -9 $$', 137],
        ['setup and run', 'echo one', 'echo two', 0],
      ] as const) {
        it(`gives the exit code of ${what}: ${code}`, async () => {
          expect((await start(setup, run, world()).ended).code).to.equal(code);
        });
      }

      it('does not run when setup has failed, and says so', async () => {
        const result = await start('echo trying; exit 3', 'echo never', world()).ended;
        expect(result).to.include({ code: 3, message: 'k8s-cli: setup failed with exit code 3\n' });
        expect(result.stdout).to.include('trying').and.not.include('never');
      });

      describe('with a limit of memory', () => {
        let cgroup: string;
        const kills = (count: number): string =>
          `printf 'low 0\\noom_kill ${count}\\noom 1\\n' > ${cgroup}/memory.events`;

        beforeEach(() => {
          cgroup = mkdtempSync(join(folder, 'cgroup-'));
          chmodSync(cgroup, 0o777);
          writeFileSync(join(cgroup, 'memory.events'), 'low 0\noom_kill 2\n', { mode: 0o666 });
          writeFileSync(join(cgroup, 'memory.peak'), '67108864\n');
        });

        it('says that the kernel killed a child, whether run or setup failed of it', async () => {
          const told = 'k8s-cli: out of memory: the kernel killed 1 at a peak of 64 MiB\n';
          const run = await start('', `${kills(3)}; exit 1`, { ...world(), cgroup }).ended;
          expect(run).to.include({ code: 1, message: told });
          writeFileSync(join(cgroup, 'memory.events'), 'low 0\noom_kill 2\n');
          const setup = await start(`${kills(3)}; exit 4`, 'echo never', { ...world(), cgroup }).ended;
          expect(setup).to.include({ code: 4, message: told, stdout: '' });
        });

        it('says nothing of kills before, and of those that the program survived', async () => {
          expect(await start('', 'exit 1', { ...world(), cgroup }).ended).to.include({ code: 1, message: '' });
          expect(await start('', `${kills(5)}; true`, { ...world(), cgroup }).ended).to.include({
            code: 0,
            message: '',
          });
        });
      });

      it('gives setup and run each a shell of its own', async () => {
        const { stdout } = await start('X=1; export X; cd /', 'echo "[$X]"', world()).ended;
        expect(stdout).to.equal('[]\n');
      });

      it('hands scripts over as they are', async () => {
        const script = `echo '$(HOME) $$(HOME)' "a\\"b" \`echo x\` $(echo y) "$((1+1))" 'it'"'"'s'\n# end 'quote\n`;
        const { stdout } = await start('', script, world()).ended;
        expect(stdout).to.equal(`$(HOME) $$(HOME) a"b x y 2 it's\n`);
      });

      it('passes SIGTERM on, and takes the time and the word of who ends gracefully', async () => {
        const wrapped = start('', `trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done`, world());
        await wrapped.printed('up');
        terminate(wrapped.child, title);
        const result = await wrapped.ended;
        expect(result.stdout).to.include('bye');
        expect(result).to.include({ code: 5, message: '' });
      });

      it('ends a program that knows nothing of signals', async () => {
        const wrapped = start('', `${QUIET}; echo never`, world());
        await wrapped.printed('up');
        terminate(wrapped.child, title);
        const result = await wrapped.ended;
        expect(result.stdout).to.not.include('never');
        expect(result.code).to.equal(143);
      });

      it('ends setup, does not run, and does not call that a failed setup', async () => {
        const wrapped = start(QUIET, 'echo never', world());
        await wrapped.printed('up');
        terminate(wrapped.child, title);
        const result = await wrapped.ended;
        expect(result).to.include({ code: 143, message: '' });
        expect(result.stdout).to.not.include('never');
      });

      describe('told to end before its program is there', () => {
        let fifo: string;
        let cgroup: string;

        beforeEach(() => {
          cgroup = mkdtempSync(join(folder, 'cgroup-'));
          chmodSync(cgroup, 0o777);
          fifo = join(cgroup, 'memory.events');
          execFileSync('mkfifo', [fifo]);
        });
        // Who still waits for the other end does not any more.
        afterEach(() => closeSync(openSync(fifo, 'r+')));

        it('does not start it', async () => {
          // It reads this first: it cannot be further when the other end opens.
          const wrapped = start('', QUIET, { ...world(), cgroup });
          const held = await open(fifo, 'w');
          terminate(wrapped.child, title);
          await held.close();
          expect(await wrapped.ended).to.include({ code: 143, stdout: '' });
        });

        it('does not start it in a process that was just made, and missed the signal', async () => {
          const making = `trap '' TERM; read -r _ <${fifo}; trap - TERM\n`;
          const wrapped = start('', QUIET, { ...world(), making });
          const held = await open(fifo, 'w');
          terminate(wrapped.child, title);
          const seen = `/proc/${wrapperOf(wrapped.child, title)}/fd/9`;
          await eventually(() => expect(existsSync(seen)).to.equal(true));
          await held.close();
          expect(await wrapped.ended).to.include({ code: 143, stdout: '' });
        });
      });

      describe('with other nodes', () => {
        let peers: string;
        const tell = (...lines: string[]): void => {
          writeFileSync(`${peers}.new`, lines.join('\n'));
          renameSync(`${peers}.new`, peers);
        };
        const showAll = 'echo "$SKYPILOT_NODE_IPS"; echo "$SKYPILOT_SETUP_NODE_IPS" | wc -l; echo "at $MASTER_ADDR"';

        beforeEach(() => {
          peers = join(mkdtempSync(join(folder, 'peers-')), 'peers');
          chmodSync(join(peers, '..'), 0o755);
        });

        it('waits for all addresses, says who is missing, and knows them in their order', async () => {
          const wrapped = start('', showAll, { ...world(), peers });
          tell('wait', '', 'node-1 to start', '');
          await wrapped.printed('k8s-cli: waiting for node-1 to start');
          tell('run', '10.0.0.2 10.0.0.1', '', '');
          const { code, stdout } = await wrapped.ended;
          expect(code).to.equal(0);
          expect(stdout.replace(/ +/g, ' ')).to.match(/\n10\.0\.0\.2\n10\.0\.0\.1\n ?2\nat 10\.0\.0\.2\n$/);
        });

        it('runs setup when addresses are known, and run when setup is done everywhere', async () => {
          tell('setup', '10.0.0.1 10.0.0.2', '', '');
          const wrapped = start('echo "here $SKYPILOT_SETUP_NODE_IPS"', 'echo there', { ...world(), peers });
          await wrapped.printed('10.0.0.2');
          tell('setup', '10.0.0.1 10.0.0.2', 'setup of node-1', '');
          await wrapped.printed('waiting for setup of node-1');
          expect(existsSync(`${peers}.ready`)).to.equal(true);
          tell('run', '10.0.0.1 10.0.0.2', '', '');
          const { code, stdout } = await wrapped.ended;
          expect(stdout).to.match(/^here 10\.0\.0\.1\n10\.0\.0\.2\nk8s-cli: waiting for setup of node-1\nthere\n$/);
          expect(code).to.equal(0);
        });

        it('does not run when another node has ended, and says so', async () => {
          tell('lost', '', 'node-1 ended before it', '');
          const result = await start('echo setup', 'echo never', { ...world(), peers }).ended;
          expect(result).to.include({ code: 1, message: 'k8s-cli: run did not start: node-1 ended before it\n' });
          expect(result.stdout).to.equal('k8s-cli: run does not start: node-1 ended before it\n');
        });

        // The shell of busybox has a sleep of its own.
        if (!title.startsWith('busybox')) {
          it('does not say that it waits for itself', async () => {
            const own = mkdtempSync(join(folder, 'path-'));
            chmodSync(own, 0o755);
            writeFileSync(join(own, 'sleep'), '#!/bin/sh\necho look\nexec /bin/sleep "$@"\n', { mode: 0o755 });
            const { path = process.env['PATH'], ...others } = world();
            tell('wait', '', 'node-0, node-1 to start', '');
            const wrapped = start('', 'echo there', { ...others, path: `${own}:${path}`, peers });
            await wrapped.printed('look');
            tell('run', '10.0.0.1 10.0.0.2', '', '');
            expect((await wrapped.ended).stdout).to.match(/^(look\n)+there\n$/);
          });
        }

        it('can be ended while it waits', async () => {
          const wrapped = start('', 'echo never', { ...world(), peers });
          tell('wait', '', 'node-1 to start', '');
          await wrapped.printed('waiting');
          terminate(wrapped.child, title);
          const result = await wrapped.ended;
          expect(result.code).to.equal(143);
          expect(result.stdout).to.not.include('never');
        });
      });

      if (found('python3')) {
        it('lets a Python program save its work', async () => {
          const program = [
            'import signal, sys, time',
            'def stop(*_):',
            '    time.sleep(0.2); print("saved", flush=True); sys.exit(0)',
            'signal.signal(signal.SIGTERM, stop)',
            'print("up", flush=True)',
            'while True: time.sleep(0.05)',
          ].join('\n');
          const wrapped = start('', `${pathOf('python3')} -c '${program}'`, world());
          await wrapped.printed('up');
          terminate(wrapped.child, title);
          expect((await wrapped.ended).stdout).to.include('saved');
        });
      }
    });
  }

  /** Signals the wrapper alone, as a container's runtime does. */
  function terminate(child: ChildProcess, title: string): void {
    process.kill(wrapperOf(child, title), 'SIGTERM');
  }

  function wrapperOf({ pid }: ChildProcess, title: string): number {
    if (pid === undefined) throw new Error('not started');
    if (!title.includes('PID 1')) return pid;
    // `unshare` is not the wrapper but its parent.
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Number(children[0]);
  }
});
