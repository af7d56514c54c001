import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { ExecTaskResponse } from '../../../../../gen/k8scli/v1/task_service.js';
import { useServer } from '../../support/fixture.js';

describe('jobs exec', () => {
  const fixture = useServer();

  it('wants its command behind --', async () => {
    await fixture.serve({});
    for (const words of [[], ['--'], ['ls'], ['ls', '-l']]) {
      const { exitCode, stderr } = await fixture.cli(['jobs', 'exec', 'abc12345', ...words]);
      expect(stderr).to.match(/-- CMD|jobs exec --help/);
      expect(exitCode).to.equal(2);
    }
  });

  for (const [started, told] of [
    [false, 'it is not known whether the program was started'],
    [true, 'the program may still be running'],
  ] as const) {
    it(`says of a connection that is lost, ${started ? 'also' : 'but not'} behind its start: ${told}`, async () => {
      await fixture.serve({
        stream: {
          execTask: (call) => {
            if (started) call.write(ExecTaskResponse.fromPartial({ started: {} }));
            call.write(ExecTaskResponse.fromPartial({ stdout: Buffer.from('#cut') }));
          },
        },
      });
      const { exitCode, stderr } = await fixture.cli(['jobs', 'exec', 'abc12345', '--', 'make']);
      expect(stderr).to.match(
        new RegExp(`^k8s-cli: the connection to the server at \\S+ was lost \\(.*\\); ${told}\n$`),
      );
      expect(exitCode).to.equal(125);
    });
  }

  it('says why it cannot read its input', async () => {
    await fixture.serve({
      stream: { execTask: (call) => void call.write(ExecTaskResponse.fromPartial({ started: {} })) },
    });
    const stdin = new PassThrough({
      read() {
        this.destroy(new Error('EISDIR: illegal operation on a directory, read'));
      },
    });
    const { exitCode, stderr } = await fixture.cli(['jobs', 'exec', 'abc12345', '-i', '--', 'cat'], { stdin });
    expect(stderr).to.equal('k8s-cli: cannot read stdin: illegal operation on a directory\n');
    expect(exitCode).to.equal(1);
  });

  it('leaves words behind -- to no other command', async () => {
    await fixture.serve({});
    const { exitCode, stderr } = await fixture.cli(['jobs', 'status', 'abc12345', '--', 'ls']);
    expect(stderr).to.contain('unexpected argument "ls"');
    expect(exitCode).to.equal(2);
  });
});
