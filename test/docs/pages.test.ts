import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseCommandLine } from '../../cli/command-line.js';
import { eventually } from '../support/eventually.js';
import { REPOSITORY } from '../support/program.js';
import { type Ids, missingLines, withIds } from './expected.js';
import { blocksOf, type Step } from './page.js';
import { openSession, type Session } from './session.js';

const PAGES = [
  'README.md',
  'examples/README.md',
  ...readdirSync(join(REPOSITORY, 'docs')).map((name) => `docs/${name}`),
];
/** What only looks may be done again until it shows what the page says: a reader types more slowly than a test. */
const LOOKS =
  /^(?:k8s-cli (?:jobs|volumes) (?:list|status|logs)|kubectl (?:get|logs)|curl -\w+ (?!.*-X POST|.*--data))/;

/** Every command on the pages for users is run here, on an embedded cluster, in the order of the page. */
for (const page of PAGES.filter((name) => name.endsWith('.md'))) {
  const blocks = blocksOf(readFileSync(join(REPOSITORY, page), 'utf8'));
  if (blocks.length === 0) continue;

  describe(`the commands of ${page}`, function () {
    // Of all commands of a block, each of which may be waited for.
    this.timeout(1_200_000);
    const ids: Ids = new Map();
    let session: Session;
    let port: number;

    before(async () => {
      const probe = createServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      ({ port } = probe.address() as AddressInfo);
      probe.close();
      session = openSession(port);
      // Who the pages speak of.
      await session.run('k8s-cli auth login ada');
    });
    after(() => session.end());

    for (const block of blocks) {
      if (block.kind === 'file') {
        it(`line ${block.line}: ${block.name}`, () => session.write(block.name, block.text));
      } else if (block.notRun !== undefined) {
        it(`line ${block.line} is not run: ${block.notRun}`, () => checkWords(block.steps));
      } else {
        it(`line ${block.line}: ${block.steps.map(({ command }) => command).join('; ')}`, async function () {
          const missing = block.steps.flatMap(({ command }) => programsOf(command)).find((name) => !isThere(name));
          if (missing !== undefined) this.skip();
          for (const [index, step] of block.steps.entries()) await runStep(step, block.steps[index + 1]);
        });
      }
    }

    async function runStep(step: Step, next: Step | undefined): Promise<void> {
      const command = withIds(step.command, ids).replaceAll(/\b(localhost|127\.0\.0\.1):8000\b/g, `$1:${port}`);
      const attempt = async (): Promise<void> => {
        const { printed, exitCode } = await session.run(command);
        const missing = missingLines(step.prints, printed, ids);
        expect(missing, `${command} printed:\n${printed}\nbut not what the page shows`).to.deep.equal([]);
        // A page that shows the exit code says itself that it is not 0.
        if (next?.command !== 'echo $?') expect(exitCode, `${command} printed:\n${printed}`).to.equal(0);
      };
      await (LOOKS.test(command) ? eventually(attempt) : attempt());
    }
  });
}

/** What cannot be run is at least a command line that k8s-cli takes. */
function checkWords(steps: readonly Step[]): void {
  for (const { command } of steps) {
    const [, words] = /\bk8s-cli (.*?)(?:\)|$)/.exec(command.replace(/\s#.*$/, '')) ?? [];
    if (words === undefined) continue;
    const list = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const end = list.findIndex((word) => /^[<>|]/.test(word));
    parseCommandLine(end < 0 ? list : list.slice(0, end), undefined);
  }
}

function programsOf(command: string): string[] {
  return [...command.matchAll(/(?:^|\| )(\w[\w-]*)(?= |$)/g)].map(([, name = '']) => name);
}

function isThere(program: string): boolean {
  return (
    program.startsWith('k8s-cli') || spawnSync('bash', ['-c', `type ${program}`], { stdio: 'ignore' }).status === 0
  );
}
