import { expect } from 'chai';
import { VolumeStatus } from '../../../gen/k8scli/v1/volume_service.js';
import { task } from '../client/support/scripted-server.js';
import { useServer } from './support/fixture.js';

describe('ids that are shortened', () => {
  const fixture = useServer();
  const known = ['abc12345', 'abd00000', 'x1', 'x123'].map((taskId) => task({ taskId, name: `t-${taskId}` }));
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    await fixture.serve({
      unary: {
        listTasks: ({ idPrefix, pageSize }: { idPrefix: string; pageSize: number }) => ({
          tasks: known.filter(({ taskId }) => taskId.startsWith(idPrefix)).slice(0, pageSize),
          nextPageToken: '',
        }),
        listVolumes: ({ idPrefix }: { idPrefix: string }) => ({
          volumes: [VolumeStatus.fromPartial({ volumeId: 'vol12345', name: 'train-data' })].filter(({ volumeId }) =>
            volumeId.startsWith(idPrefix),
          ),
          nextPageToken: '',
        }),
        getTask: ({ taskId }: { taskId: string }) => {
          asked.push(taskId);
          return task({ taskId });
        },
        deleteVolume: ({ volumeId }: { volumeId: string }) => {
          asked.push(volumeId);
          return { volumeId, status: 'deleted', message: '' };
        },
      },
    });
  });

  it('mean the one id that begins so, or are an id themselves', async () => {
    for (const word of ['abc', 'x1', 'unknown', 'Foreign_1', 'abcdefghi']) await fixture.cli(['jobs', 'status', word]);
    expect(asked).to.deep.equal(['abc12345', 'x1', 'unknown', 'Foreign_1', 'abcdefghi']);
  });

  it('are refused with the candidates where several begin so', async () => {
    const { exitCode, stderr } = await fixture.cli(['jobs', 'status', 'ab']);
    expect(exitCode).to.equal(2);
    expect(stderr).to.equal(
      'k8s-cli: ab is the beginning of several task ids: abc12345 (t-abc12345), abd00000 (t-abd00000); write more of the id\n',
    );
    expect(asked).to.deep.equal([]);
  });

  it('may be those of volumes', async () => {
    await fixture.cli(['volumes', 'delete', 'vo']);
    expect(asked).to.deep.equal(['vol12345']);
  });

  it('may be left out where the last task is meant', async () => {
    const { stderr } = await fixture.cli(['jobs', 'status', '-o', 'name']);
    expect(stderr).to.equal('Your last task is abc12345 (t-abc12345)\n');
    expect(asked).to.deep.equal(['abc12345']);
    known.length = 0;
    const { exitCode, stderr: words } = await fixture.cli(['jobs', 'status']);
    expect(exitCode).to.equal(123);
    expect(words).to.match(/^k8s-cli: there is no last task: .*k8s-cli jobs submit FILE\n$/);
  });

  it('says the id of a volume whose name was given', async () => {
    const { exitCode, stderr } = await fixture.cli(['volumes', 'delete', 'train-data', '-f']);
    expect(stderr).to.equal('k8s-cli: train-data is the name of a volume; say its id: vol12345\n');
    expect(exitCode).to.equal(2);
    expect(asked).to.deep.equal([]);
  });
});
