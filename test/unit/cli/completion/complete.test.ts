import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ListTasksRequest } from '../../../../gen/k8scli/v1/task_service.js';
import { VolumeStatus } from '../../../../gen/k8scli/v1/volume_service.js';
import { eventually } from '../../../support/eventually.js';
import { task } from '../../client/support/scripted-server.js';
import { useServer } from '../support/fixture.js';

const ENDED = ['abc12345', 'xyz12345'].map((taskId) => task({ taskId }));
const UNFINISHED = [task({ taskId: 'run12345', status: 'running' }), task({ taskId: 'wai12345', status: 'pending' })];

describe('completion', () => {
  const fixture = useServer();
  let tasks = ENDED;

  beforeEach(async () => {
    tasks = ENDED;
    await fixture.serve({
      unary: {
        listTasks: ({ idPrefix, status: wanted }: ListTasksRequest) => ({
          tasks: tasks.filter(
            ({ taskId, status }) => taskId.startsWith(idPrefix) && (wanted === '' || status === wanted),
          ),
          nextPageToken: '',
        }),
        listVolumes: () => ({
          volumes: [VolumeStatus.fromPartial({ volumeId: 'vol12345', name: 'da\nta', size: '1Gi' })],
          nextPageToken: '',
        }),
      },
    });
    const folder = join(fixture.dir, '.config', 'k8s-cli');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.yaml'), 'contexts:\n  prod: {server: "http://p:1"}\n  dev: {user: ann}\n');
  });

  async function offered(...words: string[]): Promise<string[]> {
    const { exitCode, stdout, stderr } = await fixture.cli(['__complete', '--', ...words]);
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
    return stdout.split('\n').slice(0, -1);
  }
  const wordsOf = async (...words: string[]): Promise<string[]> =>
    (await offered(...words)).map((line) => line.split('\t')[0] ?? '');

  it('offers commands, and what they mean', async () => {
    expect(await wordsOf('')).to.include.members(['jobs', 'volumes', 'doctor', 'completion']);
    expect(await offered('jobs', 'sto')).to.deep.equal(['stop\tStop tasks, or all of them']);
    expect(await wordsOf('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
    expect(await wordsOf('help', '')).to.include.members(['exit-codes', 'jobs', 'doctor']);
    expect(await wordsOf('help', 'jobs', 'su')).to.deep.equal(['submit']);
    expect(await wordsOf('nonsense', '')).to.deep.equal([]);
  });

  it('offers options, those of all commands too, and their values', async () => {
    expect(await wordsOf('jobs', 'list', '--s')).to.have.members(['--status', '--since', '--server']);
    expect(await wordsOf('jobs', 'list', '--status', 'f')).to.deep.equal(['failed']);
    expect(await offered('jobs', 'list', '-o', 'j')).to.deep.equal(['json\tListTasksResponse']);
    expect(await wordsOf('version', '--output', '')).to.deep.equal(['json', 'yaml', 'wide', 'name']);
    expect(await wordsOf('jobs', 'submit', '-o', '')).to.deep.equal(['json', 'yaml', 'name']);
    expect(await wordsOf('jobs', 'list', '--context', '')).to.deep.equal(['prod', 'dev']);
    expect(await wordsOf('jobs', 'list', '--name', '')).to.deep.equal([]);
  });

  it('offers live tasks, volumes and contexts where an id or a name is wanted', async () => {
    // Nothing is offered where the answer takes longer than a person's patience.
    const answered = (what: string, ...words: string[]): Promise<void> =>
      eventually(async () => {
        expect((await offered(...words)).join('\n')).to.equal(what);
      });
    await answered('abc12345\ttrain, completed', 'jobs', 'status', 'ab');
    const both = 'abc12345\ttrain, completed\nxyz12345\ttrain, completed';
    await answered(both, 'jobs', 'logs', '--tail', '3', '--timestamps', '');
    await answered('xyz12345\ttrain, completed', 'jobs', 'wait', 'abc12345', 'x');
    expect(await wordsOf('jobs', 'status', 'abc12345', '')).to.deep.equal([]);
    await answered('vol12345\tda ta, 1Gi', 'volumes', 'delete', '');
    expect(await offered('config', 'use-context', 'p')).to.deep.equal(['prod\thttp://p:1']);
  });

  it('offers only tasks that have not ended where others are of no use', async () => {
    tasks = [...ENDED, ...UNFINISHED];
    for (const [words, offer] of [
      [
        ['stop', ''],
        ['run12345', 'wai12345'],
      ],
      [['stop', 'run12345', 'w'], ['wai12345']],
      [['exec', ''], ['run12345']],
      [['port-forward', ''], ['run12345']],
    ] as const) {
      await eventually(async () => {
        expect(await wordsOf('jobs', ...words), words.join(' ')).to.deep.equal(offer);
      });
    }
  });

  it('leaves files to the shell', async () => {
    expect(await offered('jobs', 'submit', 'ta')).to.deep.equal([':files']);
    expect(await offered('jobs', 'submit', '--env-file', '')).to.deep.equal([':files']);
  });

  it('offers nothing, and starts nothing, where there is no server', async () => {
    expect(await offered('--server', 'http://127.0.0.1:1', 'jobs', 'status', '')).to.deep.equal([]);
  });
});
