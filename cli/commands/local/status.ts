import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { localPlace } from '../../local/place.js';
import { runningCluster, runningServer } from '../../local/state.js';
import { askLocal, unfinishedTasks } from '../../local/view.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { formatFields } from '../../output/table.js';

/** `local status`: what runs, and where its data is. */
export const status = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'status',
  summary: 'Show whether the local server and cluster run',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, {
      json: 'what is known of server and cluster',
      name: 'the URL of the server that runs',
    }).epilogue('The exit code is 0 when the server runs and answers, otherwise 1.'),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const place = localPlace(context.env);
    const [server, cluster] = await Promise.all([runningServer(place), runningCluster(place)]);
    const info = await askLocal(context, (client, options) => client.getServiceInfo(options));
    const state = info ? 'running' : server ? 'does not answer' : 'stopped';
    const facts = {
      server: state,
      url: server?.url ?? '',
      version: info?.version ?? '',
      pid: server?.pid ?? null,
      cluster: cluster ? 'running' : 'stopped',
      cluster_pid: cluster?.pid ?? null,
      unfinished_tasks: info ? await unfinishedTasks(context) : 0,
      data: place.clusterData,
      log: place.log,
    };
    await printAnswer(context, output, {
      document: () => facts,
      names: server ? [server.url] : [],
      text: (layout) => formatFields(fieldsOf(facts), layout),
    });
    return info ? EXIT.ok : EXIT.failure;
  },
});

function fieldsOf(facts: {
  readonly server: string;
  readonly url: string;
  readonly version: string;
  readonly pid: number | null;
  readonly cluster: string;
  readonly unfinished_tasks: number;
  readonly data: string;
  readonly log: string;
}): readonly (readonly [string, string])[] {
  return [
    ['Server', facts.server],
    ['URL', facts.url],
    ['Version', facts.version],
    ['Process', facts.pid === null ? '' : String(facts.pid)],
    ['Cluster', facts.cluster],
    ['Tasks', facts.server === 'running' ? `${facts.unfinished_tasks} unfinished` : ''],
    ['Data', facts.data],
    ['Log', facts.log],
    ['To start', facts.server === 'stopped' ? 'k8s-cli local start' : ''],
  ];
}
