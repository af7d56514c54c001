import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, startCommand } from '../support/program.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

/** What a command in a session came to. */
export interface Result {
  /** What a terminal showed of it. */
  readonly printed: string;
  readonly exitCode: number;
}

/** A shell of a user who is new here: an empty home, the repository's examples and programs, no cluster. */
export interface Session {
  /** Runs a command on a terminal; variables, the folder and the last exit code are those that the one before left. */
  run(command: string): Promise<Result>;
  write(name: string, text: string): void;
  /** Ends what the commands started. */
  end(): Promise<void>;
}

/** Opens a session whose local server listens at a port. */
export function openSession(port: number): Session {
  const folder = createTemporaryFolder();
  const work = join(folder.path, 'k8s-cli');
  const bin = join(folder.path, 'bin');
  const state = join(folder.path, 'state.sh');
  const script = join(folder.path, 'step.sh');
  for (const path of [work, bin]) mkdirSync(path);
  for (const name of ['dist', 'examples']) symlinkSync(join(REPOSITORY, name), join(work, name));
  for (const [name, program] of [
    ['k8s-cli', 'cli'],
    ['k8s-cli-server', 'server'],
  ] as const) {
    const path = join(bin, name);
    writeFileSync(
      path,
      `#!/bin/sh\nexec '${process.execPath}' '${join(REPOSITORY, 'dist', program, 'main.js')}' "$@"\n`,
    );
    chmodSync(path, 0o755);
  }
  writeFileSync(state, `cd '${work}'\nexit_code=0\n`);
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: folder.path,
    TERM: 'xterm',
    NO_COLOR: '1',
    K8S_CLI_API_PORT: String(port),
  };

  async function run(command: string): Promise<Result> {
    // All that is set is exported, and so there for the next step.
    writeFileSync(
      script,
      `stty cols 90 rows 40\n. '${state}'\nset -a\n(exit $exit_code)\n${command}\nexit_code=$?\n` +
        `{ export -p; declare -p exit_code; printf 'cd %q\\n' "$PWD"; } >'${state}'\n`,
    );
    const { stdout } = await startCommand(
      'bash',
      ['script', '-qefc', `bash --noprofile --norc '${script}'`, '/dev/null'],
      {
        env,
        stdin: '',
      },
    ).ended;
    const exitCode = Number(/exit_code="(\d+)"/.exec(readFileSync(state, 'utf8'))?.[1] ?? Number.NaN);
    // `script` types a NUL at the end of its own input, which terminals show as ^@; a line is what the last \r of it left.
    const printed = stdout.replaceAll('^@', '').replaceAll(/\r+\n/g, '\n').replaceAll(/.*\r/g, '');
    return { printed, exitCode };
  }

  return {
    run,
    write: (name, text) => writeFileSync(join(work, name), text),
    end: async () => {
      await run('k8s-cli local stop --yes');
      folder.remove();
    },
  };
}
