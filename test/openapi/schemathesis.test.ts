import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pythonWith } from '../../scripts/python-environment.js';
import { useHouse } from '../support/house.js';
import { REPOSITORY } from '../support/program.js';

const FOLDER = join(REPOSITORY, 'test/openapi');

describe('the OpenAPI document and the server', () => {
  const house = useHouse();

  it('schemathesis finds nothing', async function () {
    this.timeout(1_200_000);
    const python = pythonWith(join(FOLDER, 'requirements.txt'));
    if (python === undefined) {
      console.log('      schemathesis is left out: there is no Python 3.10 here');
      this.skip();
    }
    const { task_id: taskId } = await house.submit({ run: 'echo hello' });
    await house.until(taskId, 'completed');
    const config = readFileSync(join(FOLDER, 'schemathesis.toml'), 'utf8').replace('${TASK_ID}', taskId);
    const { code, output } = await run(
      python,
      [
        '-m',
        'schemathesis.cli',
        '--config-file',
        house.file('schemathesis.toml', config),
        'run',
        `${house.server.url}/openapi.json`,
        '--header',
        'X-User: alice',
        '--no-color',
      ],
      house.folder,
    );
    expect(code, output).to.equal(0);
    expect(output).to.match(/Tested: \d+/);
  });
});

/** Runs a program in a folder, with the hooks on its path. */
async function run(program: string, args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, {
    cwd,
    // Sets in the same order each time, of which requests are made.
    env: { ...process.env, PYTHONPATH: FOLDER, PYTHONHASHSEED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}
