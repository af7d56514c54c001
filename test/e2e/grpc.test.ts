import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Client as GrpcClient, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import { service as healthService } from 'grpc-health-check';
import { type Client, ClientError, createClient, TaskState } from '../../client/index.js';
import type { HttpBody } from '../../gen/google/api/httpbody.js';
import { ListTasksRequest, TailTaskLogsRequest, TaskServiceService } from '../../gen/k8scli/v1/task_service.js';
import { eventually } from '../support/eventually.js';
import { uniqueName, useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';

describe('gRPC', () => {
  const house = useHouse();
  let client: Client;
  let raw: GrpcClient;

  before(() => {
    client = createClient({ url: house.server.url, user: 'alice' });
    raw = new GrpcClient(new URL(house.server.url).host, credentials.createInsecure());
  });

  after(() => {
    client.close();
    raw.close();
  });

  it('GetServiceInfo, on the port of REST', async () => {
    expect(await client.getServiceInfo()).to.deep.equal(await house.get('/'));
  });

  it('SubmitTask, GetTask, WatchTask and ListTasks', async () => {
    const spec = { name: 'by-grpc', numNodes: 2, envs: { A: 'b' }, run: 'echo $A' };
    const { taskId } = await client.submitTask({ task: { ...EMPTY_TASK, ...spec } });
    const states: TaskState[] = [];
    for await (const { state } of client.watchTask(taskId)) states.push(state);
    expect(states.at(-1)).to.equal(TaskState.COMPLETED);
    // The server may note something in the record between the two looks.
    const task = await eventually(async () => {
      const got = await client.getTask(taskId);
      expect((await client.listTasks({ name: 'by-grpc' })).tasks).to.deep.equal([got]);
      return got;
    });
    expect(task).to.include({ taskId, name: 'by-grpc', status: 'completed' });
    expect(task.metadata).to.include({ numNodes: 2, succeededNodes: 2 });
  });

  it('StreamTaskLogs, taken up again behind any message', async () => {
    const { taskId } = await client.submitTask({ taskYaml: 'run: for i in 1 2 3; do echo $i; sleep 0.3; done\n' });
    const texts: string[] = [];
    const tokens: string[] = [];
    for await (const { entries, resumeToken, summary } of client.streamTaskLogs({ taskId })) {
      texts.push(...entries.map(({ text }) => text));
      if (resumeToken !== '' && !summary) tokens.push(resumeToken);
      if (summary) expect(summary.task).to.include({ status: 'completed' });
    }
    expect(texts).to.deep.equal(['1', '2', '3']);
    const rest: string[] = [];
    for await (const { entries } of client.streamTaskLogs({ taskId, resumeToken: tokens[0] ?? '' })) {
      rest.push(...entries.map(({ text }) => text));
    }
    expect(rest).to.deep.equal(texts.slice(texts.length - rest.length));
    expect(rest.length).to.be.lessThan(3);
  });

  it('TailTaskLogs', async () => {
    const { taskId } = await client.submitTask({ taskYaml: 'num_nodes: 2\nrun: echo hello\n' });
    const { path, requestSerialize, responseDeserialize } = TaskServiceService.tailTaskLogs;
    const metadata = new Metadata();
    metadata.set('x-user', 'alice');
    const request = TailTaskLogsRequest.fromPartial({ taskId });
    const stream = raw.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata);
    let text = '';
    for await (const { contentType, data } of stream as AsyncIterable<HttpBody>) {
      expect(contentType).to.match(/^text\/plain/);
      text += `${data.toString()}\n`;
    }
    expect(logLines(text)).to.have.members(['node-0 | hello', 'node-1 | hello']);
  });

  it('StopTask and StopTasks', async () => {
    const taskYaml = 'run: sleep 600 & wait\n';
    const own = createClient({ url: house.server.url, user: uniqueName('stopper') });
    try {
      const [one, two] = await Promise.all([own.submitTask({ taskYaml }), own.submitTask({ taskYaml })]);
      const { message } = await own.stopTask(one.taskId, { reason: 'enough' });
      expect(message).to.contain(one.taskId);
      await eventually(async () => {
        const { state, stop } = await own.getTask(one.taskId);
        expect(state).to.equal(TaskState.STOPPED);
        expect(stop?.reason).to.equal('enough');
      });
      expect(await own.stopTasks({ allUsers: false }, { reason: 'all of it' })).to.include({
        count: 1,
        status: 'stopped',
      });
      await eventually(async () => {
        const { status, stop } = await own.getTask(two.taskId);
        expect(status).to.equal('stopped');
        expect(stop?.reason).to.equal('all of it');
      });
    } finally {
      own.close();
    }
  });

  it('CreateVolume, GetVolume, ListVolumes and DeleteVolume', async () => {
    const { volumeId } = await client.createVolume({ name: 'by-grpc', size: '1Gi' });
    const volume = await client.getVolume(volumeId);
    expect(volume).to.include({ volumeId, name: 'by-grpc', size: '1Gi', username: 'alice' });
    expect((await client.listVolumes({})).volumes.map((each) => each.volumeId)).to.deep.equal([volumeId]);
    expect(await client.deleteVolume(volumeId)).to.include({ volumeId, status: 'deleted' });
    await eventually(async () => expect((await client.listVolumes({})).volumes).to.deep.equal([]));
  });

  it('errors carry a code, a reason and every violation', async () => {
    const failure = async (call: Promise<unknown>): Promise<ClientError> => {
      try {
        await call;
      } catch (error) {
        if (error instanceof ClientError) return error;
        throw error;
      }
      throw new Error('the call should have failed');
    };
    const notFound = await failure(client.getTask('zzzzzzzz'));
    expect(notFound).to.include({ code: 'NOT_FOUND', reason: 'TASK_NOT_FOUND' });
    expect(notFound.metadata).to.deep.equal({ task_id: 'zzzzzzzz' });
    const invalid = await failure(client.submitTask({ taskYaml: 'num_nodes: 0\nresources: {cpus: x}\n' }));
    expect(invalid).to.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_TASK' });
    expect(invalid.violations.map(({ field }) => field)).to.have.members(['num_nodes', 'resources.cpus', 'run']);
    const nothing = await failure(client.submitTask({}));
    expect(nothing.code).to.equal('INVALID_ARGUMENT');
  });

  it('without an identity nothing is answered', async () => {
    const { path, requestSerialize, responseDeserialize } = TaskServiceService.listTasks;
    const error = await new Promise<ServiceError | null>((resolve) => {
      const request = ListTasksRequest.fromPartial({});
      raw.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (failure) => resolve(failure));
    });
    expect(error?.code).to.equal(16);
  });

  it('the health service says that it serves', async () => {
    const check = healthService['Check'];
    if (!check) throw new Error('the health service has no Check');
    for (const name of ['', 'k8scli.v1.TaskService', 'k8scli.v1.VolumeService', 'k8scli.v1.SystemService']) {
      const answer = await new Promise<unknown>((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = check;
        raw.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: name }, (error, value) =>
          error ? reject(error) : resolve(value),
        );
      });
      expect(answer, name).to.deep.include({ status: 'SERVING' });
    }
  });

  it('reflection names the services and describes them', async () => {
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const ask = (field: number, value: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const call = raw.makeBidiStreamRequest(
          path,
          (request: Buffer) => request,
          (answer: Buffer) => answer.toString('latin1'),
        );
        call.on('data', (answer: string) => {
          resolve(answer);
          call.end();
        });
        call.on('error', reject);
        const tag = field * 8 + 2;
        call.write(Buffer.from(new BinaryWriter().uint32(tag).string(value).finish()));
      });
    const listed = await ask(7, '*');
    for (const name of ['TaskService', 'VolumeService', 'SystemService'])
      expect(listed).to.contain(`k8scli.v1.${name}`);
    expect(await ask(4, 'k8scli.v1.TaskService')).to.contain('StreamTaskLogs');
  });
});

const EMPTY_TASK = {
  name: '',
  timeout: '',
  workdir: '',
  resources: undefined,
  envs: {},
  volumes: {},
  secrets: {},
  setup: '',
  run: '',
};
