import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { commandName } from '../../../cli/command.js';
import { COMMAND_GROUPS, SINGLE_COMMANDS } from '../../../cli/commands/index.js';
import { declarationsOf } from '../../../cli/declarations.js';
import { localPlace } from '../../../cli/local/place.js';
import { processOf } from '../../../cli/local/process.js';
import { writeState } from '../../../cli/local/state.js';
import { packageVersion } from '../../../cli/version.js';
import { VolumeStatus } from '../../../gen/k8scli/v1/volume_service.js';
import { lines, type StreamScript, summary, task } from '../client/support/scripted-server.js';
import type { CliResult } from './support/cli.js';
import { useServer } from './support/fixture.js';

/** What `-o` makes of one command that reads. */
interface Expected {
  /** What follows the command's own words. */
  readonly words?: readonly string[];
  /** Fields of the first document of JSON, or of the first item of the list that it is. */
  readonly fields: readonly string[];
  /** How many documents there are; undefined for one that is laid out on several lines. */
  readonly documents?: number;
  readonly names: readonly string[];
  /** Something that is there with `-o wide`, and not without. */
  readonly wide?: RegExp;
}

const TASK_FIELDS = ['task_id', 'name', 'status', 'state', 'nodes', 'diagnosis', 'created_at'];

const EXPECTED: Readonly<Record<string, Expected>> = {
  'jobs list': { fields: ['tasks', 'next_page_token'], names: ['abc12345'], wide: /\tJOBS\t/ },
  'jobs status': { words: ['abc12345'], fields: TASK_FIELDS, names: ['abc12345'] },
  'jobs logs': {
    words: ['abc12345'],
    fields: ['entries', 'notice', 'gap', 'summary', 'resume_token'],
    documents: 3,
    names: ['node-0', 'node-1'],
    wide: /^node-1 \| two$/m,
  },
  'jobs wait': {
    words: ['abc12345'],
    fields: TASK_FIELDS,
    documents: 1,
    names: ['abc12345'],
    wide: /^Namespace:\tdefault$/m,
  },
  'task check': {
    words: ['task.yaml'],
    fields: ['file', 'valid', 'problems'],
    names: ['task.yaml'],
    wide: /^FILE\tLINE\t.*\ntask\.yaml\t1\t1\terror\tnum_node\tunknown field\t/,
  },
  'task schema': {
    fields: ['$schema', 'title', 'properties'],
    names: ['name', 'num_nodes'],
    wide: /^FIELD\tMEANING\n/,
  },
  'volumes list': { fields: ['volumes', 'next_page_token'], names: ['vol12345'], wide: /\tCLAIM\tREASON\n/ },
  'auth whoami': { fields: ['user', 'origin', 'server'], names: ['alice'], wide: /^Origin:\tfrom K8S_CLI_USER$/m },
  'config get-contexts': { fields: ['name', 'current', 'server', 'user', 'token'], names: ['prod', 'dev'] },
  'config view': { fields: ['current-context', 'contexts'], names: ['prod'] },
  'local status': {
    fields: 'server url version pid cluster cluster_pid unfinished_tasks data log'.split(' '),
    names: ['http://server'],
  },
  'local logs': { fields: ['part', 'line'], documents: 3, names: ['server', 'cluster'], wide: /^cluster \| three$/m },
  doctor: { fields: ['checks'], names: ['configuration', 'server', 'access', 'cluster'] },
  version: { fields: ['client', 'server'], names: [packageVersion(), '9.9.9'] },
};

/** They change something, or print a text that is meant for one reader only. */
const WITHOUT_WIDE =
  'jobs submit, jobs rerun, jobs exec, jobs port-forward, jobs stop, jobs delete, volumes create, volumes apply, ' +
  'volumes delete, auth login, config set-context, config use-context, config delete-context, local start, local stop, ' +
  'completion, help';

const SPEC = readFileSync(new URL('../../../SPEC.md', import.meta.url), 'utf8');

describe('-o of every command that reads', () => {
  const fixture = useServer();
  const failed = task({ metadata: { numNodes: 1, namespace: 'default' }, finishedAt: { seconds: 1_700_000_001n } });
  const watchTask: StreamScript = (call) => {
    call.write(failed);
    call.end();
  };

  beforeEach(async () => {
    const volume = { volumeId: 'vol12345', name: 'data', size: '1Gi', metadata: { pvcName: 'data-vol12345' } };
    const checks = [{ name: 'cluster', status: 'ok', message: 'answers', fix: '' }];
    await fixture.serve({
      unary: {
        getServiceInfo: () => ({ status: 'ok', service: 'k8s-cli-api', version: '9.9.9' }),
        diagnose: () => ({ checks }),
        listTasks: () => ({ tasks: [failed], nextPageToken: '' }),
        getTask: () => failed,
        listVolumes: () => ({ volumes: [VolumeStatus.fromPartial(volume)], nextPageToken: '' }),
      },
      stream: {
        watchTask,
        streamTaskLogs: (call) => {
          for (const message of [lines(0, ['one'], 'a'), lines(1, ['two'], 'b'), summary(failed)]) call.write(message);
          call.end();
        },
      },
    });
    const folder = join(fixture.dir, '.config', 'k8s-cli');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'config.yaml'),
      'current-context: prod\ncontexts:\n  prod: {server: "http://p:1", token: hunter2}\n  dev: {user: ann}\n',
      { mode: 0o600 },
    );
    await leaveLocalServer();
  });

  /** What a local server leaves that is this very process and answers like the one of the test. */
  async function leaveLocalServer(): Promise<void> {
    const place = localPlace({ HOME: fixture.dir });
    mkdirSync(place.folder, { recursive: true });
    mkdirSync(place.clusterData, { recursive: true });
    await writeState(place, { pid: process.pid, started: '', ...processOf(process.pid), url: fixture.server.url });
    writeFileSync(place.log, 'one\n');
    writeFileSync(place.output, 'two\n');
    writeFileSync(`${place.clusterData}/cluster.log`, 'three\n');
  }

  async function read(command: string, format: string): Promise<CliResult> {
    const file = fixture.taskFile('num_node: 2\nrun: date\n');
    const words = (EXPECTED[command]?.words ?? []).map((word) => (word === 'task.yaml' ? file : word));
    const asked = format === 'text' ? [] : ['-o', format];
    const result = await fixture.cli([...command.split(' '), ...words, ...asked]);
    return {
      ...result,
      stdout: result.stdout.replaceAll(file, 'task.yaml').replaceAll(fixture.server.url, 'http://server'),
    };
  }

  it('is known of each command: whether it reads, and what it then has', () => {
    const all = [
      ...COMMAND_GROUPS.flatMap(({ noun, verbs }) =>
        verbs.map((verb) => ({ name: `${noun} ${commandName(verb)}`, verb })),
      ),
      ...SINGLE_COMMANDS.map((verb) => ({ name: commandName(verb), verb })),
    ];
    const formatsOf = ({ verb }: (typeof all)[number]): string[] =>
      declarationsOf(verb.build).options.flatMap(({ name, words }) => (name === 'output' ? Object.keys(words) : []));
    const reading = all.filter((one) => formatsOf(one).includes('wide'));
    for (const one of reading) expect(formatsOf(one), one.name).to.deep.equal(['json', 'yaml', 'wide', 'name']);
    expect(reading.map(({ name }) => name)).to.have.members(Object.keys(EXPECTED));
    const others = all.filter((one) => !reading.includes(one));
    expect(others.map(({ name }) => name)).to.have.members(WITHOUT_WIDE.split(', '));
  });

  for (const [command, { fields, documents, names, wide }] of Object.entries(EXPECTED)) {
    describe(command, () => {
      it('json and yaml have the same documents, which SPEC.md describes', async () => {
        const json = await read(command, 'json');
        const texts = documents === undefined ? [json.stdout] : json.stdout.trimEnd().split('\n');
        expect(texts).to.have.length(documents ?? 1);
        const parsed = texts.map((text): unknown => JSON.parse(text));
        const first: unknown = Array.isArray(parsed[0]) ? parsed[0][0] : parsed[0];
        expect(first).to.include.all.keys(...fields);
        expect(json.stdout).not.to.contain('hunter2');
        const yaml = (await read(command, 'yaml')).stdout;
        for (const version of ['1.1', '1.2'] as const) {
          const documents = parseAllDocuments(yaml, { version });
          expect(documents.map((document): unknown => document.toJS())).to.deep.equal(parsed);
        }
        const row = SPEC.split('\n').find((line) => line.startsWith(`| \`${command}\` |`));
        const described = /`(?:\w+(?:Response|Status))`|the JSON Schema/.test(row ?? '') ? [] : fields;
        expect(row).to.match(new RegExp(described.map((field) => `(?=.*\\b${field}\\b)`).join('')));
      });

      it('name has nothing but names, one a line', async () => {
        const { stdout } = await read(command, 'name');
        const printed = stdout.split('\n');
        expect(printed.pop()).to.equal('');
        if (command === 'task schema') expect(printed).to.include.members([...names]);
        else expect(printed).to.deep.equal(names);
      });

      it('wide has all that is told without it', async () => {
        const [wider, text] = [await read(command, 'wide'), await read(command, 'text')];
        expect(wider.exitCode).to.equal(text.exitCode);
        if (wide === undefined) expect(wider.stdout).to.equal(text.stdout);
        else expect(wider.stdout).to.match(wide).and.not.equal(text.stdout);
      });

      it('anything else is refused, with what there is', async () => {
        const { exitCode, stdout, stderr } = await read(command, 'xml');
        expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: '' });
        expect(stderr).to.match(/^k8s-cli: --output xml: use json, yaml, wide, name/);
      });
    });
  }
});
