import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ExecTaskRequest } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { reasonOf } from '../../config.js';
import { CliError, usageError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import type { Io } from '../../io.js';
import { flag, nodeIndex, positional, textOption } from '../../options.js';
import { fullTaskId } from '../../short-id.js';

interface ExecOptions {
  readonly taskId: string;
  readonly node: number;
  readonly command: readonly string[];
  /** Undefined: when stdin and stdout are a terminal. */
  readonly stdin: boolean | undefined;
  readonly tty: boolean | undefined;
}

/** `jobs exec ID -- CMD`: a program in a node's container. */
export const exec = defineCommand<ExecOptions>({
  usage: 'exec <id>',
  summary: 'Run a program in a node of a task: jobs exec ID -- CMD',
  takesRest: true,
  build: (yargs) =>
    yargs
      .positional('id', { type: 'string', describe: 'the task id, or its beginning' })
      .option('node', { type: 'string', requiresArg: true, default: '0', describe: 'in this node' })
      .option('stdin', {
        alias: 'i',
        type: 'boolean',
        describe: 'pass stdin to the program (on a terminal: yes, unless --no-stdin)',
      })
      .option('tty', {
        alias: 't',
        type: 'boolean',
        describe: 'give the program a terminal (on a terminal: yes, unless --no-tty)',
      })
      .example('$0 jobs exec abc12345 -- bash', 'a shell in the first node')
      .example('$0 jobs exec abc12345 --node 1 -- nvidia-smi', 'a program in the second one')
      .example('$0 jobs exec abc12345 -i -- tee /tmp/data <data', 'with input from a file')
      .epilogue(
        'The program runs beside that of the task, in the same container, and no shell is put in between. The exit code is its ' +
          'own; 127 when there is no such program, 126 when it cannot be run, 125 when the connection was lost.',
      ),
  parse: (args) => {
    const rest = args['--'];
    const command = Array.isArray(rest) ? rest.map(String) : [];
    if (command.length === 0) throw usageError('what is to be run? put it behind --: k8s-cli jobs exec ID -- CMD');
    const asked = (name: string): boolean | undefined => (args[name] === undefined ? undefined : flag(args, name));
    return {
      taskId: positional(args, 'id'),
      node: nodeIndex(textOption(args, 'node') ?? '0'),
      command,
      stdin: asked('stdin'),
      tty: asked('tty'),
    };
  },
  run: async (context, options) => {
    const { io, signal, scene } = context;
    scene.fieldNames = { node: '--node' };
    const onTerminal = io.inIsTerminal && io.outIsTerminal;
    const stdin = options.stdin ?? onTerminal;
    const tty = options.tty ?? (onTerminal && stdin);
    const size = sizeOf(io);
    const { node, command } = options;
    const client = await context.client();
    const taskId = await fullTaskId(context, options.taskId);
    const requests = new PassThrough({ objectMode: true });
    const send = (request: Partial<ExecTaskRequest>): boolean => requests.write(request);
    send({ start: { taskId, node, command: [...command], stdin, tty, size: tty ? size : undefined } });
    let restore = (): void => {};
    scene.unsure = 'it is not known whether the program was started';
    try {
      for await (const { started, stdout, stderr, exit } of client.execTask(requests, { signal })) {
        if (started) {
          scene.unsure = 'the program may still be running';
          restore = connect(io, send, requests, { stdin, raw: tty && io.inIsTerminal, tty });
        }
        if (stdout.length > 0) await io.out(stdout);
        if (stderr.length > 0) await io.err(stderr);
        if (exit) return await ended(context, command, exit);
      }
    } finally {
      restore();
      requests.destroy();
    }
    throw new Error('the server did not say how the program ended');
  },
});

/** Passes keys and sizes on; returns how to end that. */
function connect(
  io: Io,
  send: (request: Partial<ExecTaskRequest>) => boolean,
  requests: PassThrough,
  { stdin, raw, tty }: { readonly stdin: boolean; readonly raw: boolean; readonly tty: boolean },
): () => void {
  const cooked = raw ? io.rawMode() : (): void => {};
  const still = tty
    ? io.onDisturbed((what) => {
        const resize = sizeOf(io);
        if (what === 'resized' && resize) send({ resize });
      })
    : (): void => {};
  if (stdin) {
    passInput(io, send, requests).catch((error: unknown) => {
      requests.destroy(new CliError(`cannot read stdin: ${reasonOf(error)}`));
    });
  }
  return () => {
    still();
    cooked();
  };
}

async function passInput(
  io: Io,
  send: (request: Partial<ExecTaskRequest>) => boolean,
  requests: PassThrough,
): Promise<void> {
  for await (const bytes of io.input as AsyncIterable<Uint8Array>) {
    if (requests.destroyed) return;
    if (!send({ stdin: Buffer.from(bytes) })) await once(requests, 'drain');
  }
  if (!requests.destroyed) send({ stdinEnd: true });
}

function sizeOf({ columns, rows }: Io): { width: number; height: number } | undefined {
  return columns === undefined || rows === undefined ? undefined : { width: columns, height: rows };
}

async function ended(
  { io }: CommandContext,
  [program = '']: readonly string[],
  { code, message }: { readonly code: number; readonly message: string },
): Promise<number> {
  if (message !== '') await io.err(`k8s-cli: cannot run ${program}: ${message}\n`);
  return code === 0 ? EXIT.ok : code;
}
