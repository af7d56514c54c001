import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createSandbox } from '../../support/cli.js';

describe('k8s-cli task schema', () => {
  it('prints the schema that stands in docs/', async () => {
    const sandbox = createSandbox();
    const { exitCode, stdout } = await sandbox.cli(['task', 'schema']);
    sandbox.remove();
    const file = new URL('../../../../../docs/task.schema.json', import.meta.url);
    expect([exitCode, stdout]).to.deep.equal([0, readFileSync(file, 'utf8')]);
  });
});
