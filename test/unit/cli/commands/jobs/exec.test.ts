import { expect } from 'chai';
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

  it('leaves words behind -- to no other command', async () => {
    await fixture.serve({});
    const { exitCode, stderr } = await fixture.cli(['jobs', 'status', 'abc12345', '--', 'ls']);
    expect(stderr).to.contain('unexpected argument "ls"');
    expect(exitCode).to.equal(2);
  });
});
