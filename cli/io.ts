import { EventEmitter, once } from 'node:events';
import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** The reader of stdout is gone (`| head`): a reason to end, not an error. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError';
}

/** Why a terminal no longer shows what was drawn: its size changed, or the program was stopped (Ctrl+Z) and goes on. */
export type Disturbance = 'resized' | 'continued';

/** The only way for commands to talk to the user. */
export interface Io {
  /** Writes to stdout and waits while the reader is slow. Throws OutputClosedError when nobody reads any more. */
  readonly out: (data: string | Uint8Array) => Promise<void>;
  /** Writes to stderr; a closed stderr is ignored. */
  readonly err: (data: string | Uint8Array) => Promise<void>;
  readonly outIsTerminal: boolean;
  /** Whether what is written to stderr comes between what is written to stdout: both are one file or pipe (`2>&1`). */
  readonly outIsErr: boolean;
  readonly errIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  /** Stdin, for where the user asks to have it read. */
  readonly input: Readable;
  /** Width of the terminal that stdout is; undefined when it is none, or one that does not know. */
  readonly columns: number | undefined;
  /** Height of the terminal that stdout is; undefined likewise. */
  readonly rows: number | undefined;
  /** Width of the terminal that stderr is; undefined likewise. */
  readonly errColumns: number | undefined;
  /** Calls back when what was drawn on the terminal has moved; returns how to stop that. */
  readonly onDisturbed: (listener: (what: Disturbance) => void) => () => void;
  /** Each key of the terminal becomes input, Ctrl+C too, and shows nothing here; returns how to end that. */
  readonly rawMode: () => () => void;
  /** Asks a yes-or-no question on stderr; only y and yes are a yes, and the end of stdin is a no. Rejects when the signal is aborted. */
  readonly confirm: (question: string, signal: AbortSignal) => Promise<boolean>;
}

/** A stream that may be a terminal, as those of the process are. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly fd?: number;
};

/** A stream of input that may be a terminal, as that of the process is. */
type InputStream = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** Three streams, as a process has them. */
interface Streams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/**
 * Makes an Io over three streams. `signal` ends waiting for slow readers; `continued` emits SIGCONT after a Ctrl+Z. Stdin is not
 * touched before it is needed: opening it takes the process some milliseconds.
 */
export function createIo(streams: Streams, signal: AbortSignal, continued: EventEmitter = new EventEmitter()): Io {
  const { stdout, stderr } = streams;
  const out = writer(stdout, signal);
  const err = writer(stderr, signal);
  return {
    out,
    err: async (data) => {
      try {
        await err(data);
      } catch (error) {
        if (!(error instanceof OutputClosedError)) throw error;
      }
    },
    outIsTerminal: stdout.isTTY === true,
    get outIsErr() {
      return isSameFile(stdout.fd, stderr.fd);
    },
    errIsTerminal: stderr.isTTY === true,
    get inIsTerminal() {
      return streams.stdin.isTTY === true;
    },
    get input() {
      return streams.stdin;
    },
    get columns() {
      return sizeIn(stdout, 'columns');
    },
    get rows() {
      return sizeIn(stdout, 'rows');
    },
    get errColumns() {
      return sizeIn(stderr, 'columns');
    },
    onDisturbed: (listener) => {
      const resized = (): void => listener('resized');
      const goesOn = (): void => listener('continued');
      stdout.on('resize', resized);
      continued.on('SIGCONT', goesOn);
      return () => {
        stdout.off('resize', resized);
        continued.off('SIGCONT', goesOn);
      };
    },
    rawMode: () => {
      const begin = (): unknown => streams.stdin.setRawMode?.(true);
      // A shell in between has set the terminal for itself; Node believes that it still is as it was.
      const again = (): unknown => (streams.stdin.setRawMode?.(false), begin());
      begin();
      continued.on('SIGCONT', again);
      return () => {
        continued.off('SIGCONT', again);
        streams.stdin.setRawMode?.(false);
      };
    },
    confirm: async (question, answerSignal) => {
      const { createInterface } = await import('node:readline/promises');
      // Not in terminal mode, in which readline would take Ctrl+C for itself.
      const prompt = createInterface({ input: streams.stdin, output: stderr, terminal: false });
      try {
        const noAnswer = once(prompt, 'close').then(() => '');
        const answer = await Promise.race([prompt.question(`${question} [y/N] `, { signal: answerSignal }), noAnswer]);
        return /^y(es)?$/i.test(answer.trim());
      } finally {
        prompt.close();
      }
    },
  };
}

/** A terminal to which nobody has told its size, as that of many a CI, says that it has none. */
function sizeIn(stream: OutputStream, side: 'columns' | 'rows'): number | undefined {
  return stream.isTTY === true ? stream[side] || undefined : undefined;
}

function isSameFile(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [a, b] = [fstatSync(one), fstatSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
}

function writer(stream: OutputStream, signal: AbortSignal): (data: string | Uint8Array) => Promise<void> {
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  const check = (): void => {
    if (failure !== undefined) throw closedOr(failure);
    if (stream.destroyed) throw new OutputClosedError('the output is closed');
  };
  return async (data) => {
    check();
    if (stream.write(data)) return;
    const waiting = new AbortController();
    const end = AbortSignal.any([signal, waiting.signal]);
    try {
      // A closed stream never drains: whichever comes first.
      await Promise.race([once(stream, 'drain', { signal: end }), once(stream, 'close', { signal: end })]);
    } catch (error) {
      if (failure === undefined && error instanceof Error && error.name === 'AbortError') return;
      throw closedOr(failure ?? error);
    } finally {
      waiting.abort();
    }
    check();
  };
}

function closedOr(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ECONNRESET'
    ? new OutputClosedError('the output is closed', { cause: error })
    : error;
}
