import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** Where the built programs are: dist/, or what K8S_CLI_E2E_DIST says, for example that of an installed package. */
export const DIST = process.env['K8S_CLI_E2E_DIST'] ?? join(REPOSITORY, 'dist');
/** How long a program may take to say something that is waited for, in milliseconds. */
const PATIENCE_MS = 100_000;
/** How long a program may take to end after SIGTERM before it is killed, in milliseconds. */
const GRACE_MS = 20_000;

/** What a program left behind. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
}

/** How a program is started. */
export interface ProgramOptions {
  /** The whole environment, but for PATH. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Text on its stdin, which is then closed. */
  readonly stdin?: string | undefined;
  /** A program that becomes this one, with arguments, in front of it. */
  readonly through?: readonly string[];
}

/** A program that was started. */
export interface Program {
  readonly pid: number;
  /** Everything that it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Resolves when it has ended and all its output is read. */
  readonly ended: Promise<Ending>;
  /** Waits until the output matches; rejects when it ended without. */
  seen(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that does not help; resolves when it has ended. */
  stop(): Promise<Ending>;
}

const running = new Set<ChildProcess>();

/** Kills all programs that were started and have not ended. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts one of the built programs with Node. */
export function startProgram(
  name: 'cli' | 'server' | 'cluster',
  args: readonly string[],
  options: ProgramOptions = {},
): Program {
  return startCommand(name, [process.execPath, join(DIST, name, 'main.js'), ...args], options);
}

/** Starts a program of the machine; errors call it by the name. */
export function startCommand(name: string, command: readonly string[], options: ProgramOptions = {}): Program {
  const [program, ...words] = [...(options.through ?? []), ...command];
  const child = spawn(program ?? '', words, {
    cwd: options.cwd ?? REPOSITORY,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  // A program that does not read its stdin is no failure.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      child.emit('output');
    });
  }
  const ended = once(child, 'close').then(([code]): Ending => ({ ...output, code: code as number | null }));
  // Whoever waits for the end gets the failure to start; nobody has to wait.
  ended.catch(() => {});
  return {
    pid: child.pid ?? -1,
    output,
    ended,
    seen: async (stream, pattern) => {
      const waiting = new AbortController();
      const { signal } = waiting;
      const timer = setTimeout(() => waiting.abort(), PATIENCE_MS);
      let over = false;
      const finished = ended.then(
        () => (over = true),
        () => (over = true),
      );
      try {
        for (;;) {
          const last = over || signal.aborted;
          const match = pattern.exec(output[stream]);
          if (match) return match;
          if (last) throw new Error(`${name} did not say ${pattern}; it said ${JSON.stringify(output)}`);
          await Promise.race([once(child, 'output', { signal }).catch(() => {}), finished]);
        }
      } finally {
        clearTimeout(timer);
        waiting.abort();
      }
    },
    kill: (signal) => {
      child.kill(signal);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      const ending = await ended;
      clearTimeout(timer);
      return ending;
    },
  };
}
