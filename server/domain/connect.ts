/** Into a node that runs: a program beside the task's own, or a TCP connection to one of its ports. */

import type { Domain } from './context.js';
import { invalidArgument, TaskError } from './errors.js';
import { checkNode, ownedView } from './get.js';
import type { Connection, ExecInput, ExecOutput, ExecRequest, TerminalSize } from './ports.js';
import { nodeState } from './status/node-state.js';
import type { PodView } from './task.js';

type Uses = Pick<Domain, 'store' | 'connections'>;

/** A node of a task of the user. */
export interface NodeAddress {
  readonly taskId: string;
  readonly node: number;
}

/** The first message back: what the caller is connected to. */
export interface Started {
  readonly kind: 'started';
  readonly node: number;
  readonly pod: string;
}

const MAX_SIZE = 0xffff;
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'STOPPED']);

/**
 * Runs a program in the node's container. Ends behind its exit. Throws NOT_FOUND, INVALID_ARGUMENT, NODE_NOT_RUNNING, and what
 * the cluster says when it refuses.
 */
export async function* execInNode(
  domain: Uses,
  user: string,
  address: NodeAddress,
  request: ExecRequest,
  inputs: AsyncIterable<ExecInput>,
  signal: AbortSignal,
): AsyncGenerator<Started | ExecOutput, void, undefined> {
  const [program = ''] = request.command;
  if (program === '') throw invalidArgument('command', 'must name a program');
  if (request.terminal) checkSize(request.terminal);
  const pod = await runningPod(domain, user, address, signal);
  yield* connected(pod, inputs, signal, (inner) => domain.connections.exec(pod, request, inner));
}

/** Connects to a TCP port of the node. Ends with the connection. Throws as {@link execInNode}, and PORT_REFUSED. */
export async function* forwardToNode(
  domain: Uses,
  user: string,
  address: NodeAddress,
  port: number,
  inputs: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Started | Uint8Array, void, undefined> {
  if (port < 1 || port > MAX_SIZE) throw invalidArgument('port', 'must be from 1 to 65535');
  const pod = await runningPod(domain, user, address, signal);
  yield* connected(pod, inputs, signal, (inner) => domain.connections.forward(pod, port, inner));
}

/** Throws INVALID_ARGUMENT for a size that no terminal has. */
export function checkSize({ width, height }: TerminalSize): void {
  for (const [field, value] of [
    ['width', width],
    ['height', height],
  ] as const) {
    if (value < 1 || value > MAX_SIZE) throw invalidArgument(`size.${field}`, 'must be from 1 to 65535');
  }
}

async function* connected<Input, Output>(
  pod: PodView,
  inputs: AsyncIterable<Input>,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<Connection<Input, Output>>,
): AsyncGenerator<Started | Output, void, undefined> {
  const over = new AbortController();
  const connection = await open(AbortSignal.any([signal, over.signal]));
  try {
    yield { kind: 'started', node: pod.index, pod: pod.name };
    // Both ways at once. Input that is wrong ends the call.
    void send(inputs, connection).catch((error: unknown) => over.abort(error));
    yield* connection.output;
    over.signal.throwIfAborted();
  } finally {
    over.abort();
  }
}

async function send<Input>(inputs: AsyncIterable<Input>, connection: Connection<Input, unknown>): Promise<void> {
  for await (const input of inputs) {
    try {
      await connection.send(input);
    } catch {
      // What cannot be sent any more is of no interest: the output says how it ended.
      return;
    }
  }
}

async function runningPod(
  domain: Uses,
  user: string,
  { taskId, node }: NodeAddress,
  signal: AbortSignal,
): Promise<PodView> {
  const { record, nodes } = await ownedView(domain, user, taskId, { signal });
  checkNode(node, record.numNodes);
  const view = nodes[node];
  if (view?.pod?.container.state === 'running') return view.pod;
  const which = `node ${node} of task ${taskId}`;
  const state = view && nodeState(view, record);
  const why = state?.exitCode === undefined ? (state?.message ?? '') : `exit code ${state.exitCode}`;
  const because = why === '' ? '' : ` (${why})`;
  const text =
    state && ENDED.has(state.state)
      ? `${which} has ended${because}: nothing runs there any more; \`k8s-cli jobs logs ${taskId}\` shows its log`
      : `${which} does not run yet${because}; try again when \`k8s-cli jobs status ${taskId}\` shows it running`;
  throw new TaskError('NODE_NOT_RUNNING', text, { metadata: { task_id: taskId, node: String(node) } });
}
