import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program of another language that was started. */
export interface Running {
  /** Resolves when it has written this to stderr; rejects when it ended without. */
  said(pattern: RegExp): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts a program in a folder, in this process's environment and what is added to it. */
export function start(
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Running {
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      child.emit('output');
    });
  }
  let over = false;
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    child.emit('output');
    return { code: code as number | null, ...output };
  });
  return {
    ended,
    said: async (pattern) => {
      while (!pattern.test(output.stderr)) {
        if (over) throw new Error(`it did not say ${pattern}, but ${JSON.stringify(output)}`);
        await once(child, 'output');
      }
    },
  };
}

/** Runs a program that has to succeed. */
export async function run(command: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await start(command, cwd).ended;
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stdout}${stderr}`);
}
