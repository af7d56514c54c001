import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createIo, type OutputStream } from '../../../../cli/io.js';
import { run } from '../../../../cli/run.js';

/** What a command line left behind. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

/** How a command line is run. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** Stdout and stderr are one file. */
  readonly oneOutput?: boolean;
  readonly columns?: number;
  readonly input?: string;
  /** Instead of a stdin that has `input`. */
  readonly stdin?: PassThrough;
  /** Whether there is nothing behind `input`. */
  readonly inputEnds?: boolean;
  readonly signal?: AbortSignal;
  readonly osUser?: () => string | undefined;
  /** Called with each piece that is written to stdout. */
  readonly onStdout?: (piece: string) => void;
  /** Called with each piece that is written to stderr. */
  readonly onStderr?: (piece: string) => void;
}

/** Time that the command lines think it is: 100 s after the tasks of the tests were created. */
const NOW_MS = 1_700_000_100_000;

/** A place for configuration and task files, and a way to run command lines against it. */
export interface Sandbox {
  readonly dir: string;
  cli(argv: readonly string[], options?: CliOptions): Promise<CliResult>;
  remove(): void;
}

/** Makes a sandbox of its own directory; nothing of the user's environment shows in it. */
export function createSandbox(baseEnv: () => Readonly<Record<string, string>> = () => ({})): Sandbox {
  const dir = mkdtempSync(join(tmpdir(), 'k8s-cli-test-'));
  return {
    dir,
    remove: () => rmSync(dir, { recursive: true, force: true }),
    cli: async (argv, options = {}) => {
      const stdout = capture(options.terminal, options.columns, options.onStdout);
      const stderr = capture(options.terminal, options.columns, options.onStderr);
      const stdin = Object.assign(options.stdin ?? new PassThrough(), { isTTY: options.terminal ?? false });
      if (options.input !== undefined) stdin.write(options.input);
      if (options.inputEnds) stdin.end();
      if (options.oneOutput)
        for (const { stream } of [stdout, stderr]) Object.assign(stream, { fd: process.stderr.fd });
      const signal = options.signal ?? new AbortController().signal;
      const exitCode = await run(argv, {
        io: createIo({ stdin, stdout: stdout.stream, stderr: stderr.stream }, signal),
        env: { HOME: dir, K8S_CLI_USER: 'alice', ...baseEnv(), ...options.env },
        signal,
        now: () => NOW_MS,
        osUser: options.osUser ?? (() => 'osuser'),
      });
      const stdoutBytes = Buffer.concat(stdout.pieces);
      return { exitCode, stdout: stdoutBytes.toString(), stderr: Buffer.concat(stderr.pieces).toString(), stdoutBytes };
    },
  };
}

function capture(
  isTTY = false,
  columns = 80,
  onPiece: (piece: string) => void = () => {},
): { stream: OutputStream; pieces: Buffer[] } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(Buffer.from(piece));
      onPiece(piece.toString());
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns }), pieces };
}
