import type { TaskStatus } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import { CliError, usageError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { openLocalPort } from '../../local-port.js';
import { nodeIndex, positional, textOption } from '../../options.js';
import { createLossTeller } from '../../output/lost-connection.js';
import { fullTaskId } from '../../short-id.js';
import { describeResult } from '../../task-result.js';

interface ForwardOptions {
  readonly taskId: string;
  readonly node: number;
  readonly ports: readonly { readonly local: number; readonly remote: number }[];
}

/** `jobs port-forward ID [LOCAL:]PORT`: ports of a node, on this machine. */
export const portForward = defineCommand<ForwardOptions>({
  usage: 'port-forward <id> <port..>',
  summary: 'Reach ports of a node of a task from this machine',
  build: (yargs) =>
    yargs
      .positional('id', { type: 'string', describe: 'the task id, or its beginning' })
      .positional('port', {
        type: 'string',
        array: true,
        describe: 'PORT, LOCAL:PORT, or :PORT for any that is free here',
      })
      .option('node', { type: 'string', requiresArg: true, default: '0', describe: 'to this node' })
      .example('$0 jobs port-forward abc12345 8888', 'http://localhost:8888 is port 8888 of the first node')
      .example('$0 jobs port-forward abc12345 9000:80 --node 1', 'http://localhost:9000 is port 80 of the second one')
      .epilogue('Listens on 127.0.0.1 only, until Ctrl+C or until the task has ended.'),
  parse: (args) => {
    const given = args['port'];
    return {
      taskId: positional(args, 'id'),
      node: nodeIndex(textOption(args, 'node') ?? '0'),
      ports: (Array.isArray(given) ? given : [given]).map((text) => parsePorts(String(text))),
    };
  },
  run: async (context, { taskId: given, node, ports }) => {
    const { io, signal, scene } = context;
    const client = await context.client();
    const taskId = await fullTaskId(context, given);
    checkNode(await client.getTask(taskId, { signal }), node);
    scene.endless = true;
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    try {
      for (const { local, remote } of ports) {
        const onError = (message: string): void => void io.err(`k8s-cli: port ${remote}: ${message}\n`);
        const address = { taskId, node, port: remote };
        const port = await openLocalPort(client, address, local, until, onError);
        await io.out(`Forwarding 127.0.0.1:${port} to port ${remote} of node ${node}\n`);
      }
      let task: TaskStatus | undefined;
      const { onReconnect } = createLossTeller(context).stream();
      for await (const change of client.followTask(taskId, { signal, onReconnect })) task = change;
      if (task) await context.note(describeResult(task, context.now(), context.errStyle));
    } finally {
      ended.abort();
    }
    return EXIT.ok;
  },
});

function parsePorts(text: string): { local: number; remote: number } {
  const match = /^(?:(\d{0,5}):)?(\d{1,5})$/.exec(text);
  const remote = Number(match?.[2] ?? 0);
  const local = match?.[1] === undefined ? remote : Number(match[1]);
  if (remote < 1 || remote > 65535 || local > 65535) {
    throw usageError(`PORT ${text}: write PORT or LOCAL:PORT with numbers from 1 to 65535, or :PORT for any free one`);
  }
  return { local, remote };
}

function checkNode({ taskId, nodes, finishedAt }: TaskStatus, node: number): void {
  if (node >= nodes.length) throw usageError(`--node ${node}: task ${taskId} has ${nodes.length} nodes, from 0 on`);
  if (finishedAt) throw new CliError(`task ${taskId} has ended: nothing listens there any more`);
}
