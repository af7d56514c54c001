import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { grpcError, task } from '../client/support/scripted-server.js';
import { useServer } from './support/fixture.js';

describe('--verbose', () => {
  const fixture = useServer();

  it('shows each request, and the status with its details', async () => {
    await fixture.serve({
      unary: {
        getTask: () => {
          throw grpcError(status.NOT_FOUND, 'no such task', { reason: 'TASK_NOT_FOUND' });
        },
      },
    });
    const { exitCode, stderr } = await fixture.cli(['jobs', 'status', 'abc12345', '--verbose']);
    expect(exitCode).to.equal(123);
    const lines = stderr.split('\n');
    expect(lines[0]).to.equal(
      `> k8scli.v1.TaskService/GetTask at ${fixture.server.url} as alice: {"taskId":"abc12345"}`,
    );
    expect(lines[1]).to.match(/^< NOT_FOUND after \d+ ms: no such task$/);
    expect(lines[2]).to.match(/^ {2}google\.rpc\.ErrorInfo: \{"reason":"TASK_NOT_FOUND"/);
    expect(lines[3]).to.match(/^k8s-cli: no such task/);
  });

  it('shows streams too, and neither task files nor secrets', async () => {
    await fixture.serve({
      unary: {
        submitTask: () => ({ taskId: 'abc12345', status: 'submitted', message: '', warnings: [], objects: [] }),
      },
      stream: {
        watchTask: (call) => {
          call.write(task({ finishedAt: { seconds: 1_700_000_030n, nanos: 0 } }));
          call.end();
        },
      },
    });
    const argv = [
      'jobs',
      'submit',
      fixture.taskFile('run: echo hunter2\n'),
      '--secret',
      'TOKEN=hunter3',
      '-d',
      '--verbose',
    ];
    const submitted = await fixture.cli(argv);
    expect(submitted.stderr)
      .to.contain('"taskYaml":"(18 characters)"')
      .and.not.match(/hunter/);
    expect(submitted.stderr).to.match(/^< OK after \d+ ms$/m);
    const watched = await fixture.cli(['jobs', 'wait', 'abc12345', '--verbose']);
    expect(watched.stderr).to.match(/^> k8scli\.v1\.TaskService\/WatchTask at .*\n< OK after \d+ ms\n$/);
  });
});
