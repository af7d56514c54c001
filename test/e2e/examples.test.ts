import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import { itWithVolumes } from '../support/target.js';
import { type Ending, REPOSITORY } from '../support/program.js';

/** What each example is there to show. */
interface Outcome {
  readonly code: number;
  /** Lines of its log, in their order; with several nodes in any. */
  readonly log: readonly string[];
  /** How the last words about it on stderr begin, after its id. */
  readonly result: string;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  'hello.yaml': { code: 0, log: ['preparing', 'hello from node 0 of 1'], result: 'completed' },
  'env.yaml': {
    code: 0,
    log: [
      'setup knows GREETING=good morning',
      '1: good morning',
      '2: good morning',
      '3: good morning',
      'said 3 times in /tmp',
    ],
    result: 'completed',
  },
  'multi-node.yaml': {
    code: 0,
    log: ['node-0 | node 0: got hello from node 1', 'node-1 | node 1: got welcome from node 0'],
    result: 'completed',
  },
  'volumes.yaml': { code: 0, log: ['run number 1 with this volume'], result: 'completed' },
  'failing-setup.yaml': { code: 7, log: ['setup cannot find what it needs'], result: 'failed' },
  // Node 0 says that it has to end only where it has begun within the second that node 1 works.
  'failing-node.yaml': { code: 3, log: ['node-1 | node 1 works', 'node-1 | node 1 gives up'], result: 'failed' },
};

describe('examples', () => {
  const house = useHouse();
  const endings = new Map<string, Promise<Ending>>();
  const submit = (file: string): Promise<Ending> => house.cli(['jobs', 'submit', join(REPOSITORY, 'examples', file)]);

  before('all of them at once', async () => {
    expect((await house.cli(['volumes', 'create', 'example-data', '1Gi'])).code).to.equal(0);
    for (const file of Object.keys(OUTCOMES)) endings.set(file, submit(file));
    await Promise.all(endings.values());
  });

  it('are all tried here', () => {
    const files = readdirSync(join(REPOSITORY, 'examples')).filter((file) => file.endsWith('.yaml'));
    expect([...Object.keys(OUTCOMES), 'long-running.yaml']).to.have.members(files);
  });

  for (const [file, { code, log, result }] of Object.entries(OUTCOMES)) {
    const test = file === 'volumes.yaml' ? itWithVolumes : it;
    test(`${file} ends as it says: ${result}, exit code ${code}`, async () => {
      const ending = await endings.get(file);
      expect(ending?.code, ending?.stderr).to.equal(code);
      const [first = '', ...lines] = ending?.stdout.trimEnd().split('\n') ?? [];
      expect(first).to.match(/^Task [a-z0-9]{8} submitted$/);
      const id = first.split(' ')[1];
      expect(ending?.stderr).to.match(new RegExp(`^Task ${id} ${result} after \\d+s`, 'm'));
      // Several nodes may also say that they wait for each other.
      if (log[0]?.startsWith('node-')) expect(lines).to.include.members([...log]);
      else expect(lines).to.deep.equal(log);
    });
  }

  itWithVolumes('volumes.yaml finds what its first run wrote', async () => {
    const { code, stdout } = await submit('volumes.yaml');
    expect(code).to.equal(0);
    expect(stdout).to.contain('run number 2 with this volume');
  });

  it('long-running.yaml is stopped, and has time to say so', async () => {
    const program = house.startCli(['jobs', 'submit', 'examples/long-running.yaml']);
    const [, id = ''] = await program.seen('stdout', /^Task (\S+) submitted$/m);
    await program.seen('stdout', /^second 1$/m);
    expect((await house.cli(['jobs', 'stop', id])).code).to.equal(0);
    const { code, stdout, stderr } = await program.ended;
    expect(stdout).to.match(/^asked to stop after \d+ seconds$/m);
    expect(stderr).to.contain(`Task ${id} stopped`);
    expect(code).to.equal(122);
  });
});
