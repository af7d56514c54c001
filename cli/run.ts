import { parseCommandLine } from './command-line.js';
import { COMPLETE } from './completion/scripts.js';
import { type CommandContext, createContext, type Environment } from './context.js';
import { describeError, emptyScene } from './errors.js';
import { EXIT } from './exit-codes.js';
import { OutputClosedError } from './io.js';

/** Runs one command line, without the program's own name, to its exit code. Never throws. */
export async function run(argv: readonly string[], environment: Environment): Promise<number> {
  const { io, signal } = environment;
  let context: CommandContext | undefined;
  try {
    if (argv[0] === COMPLETE) {
      const { complete } = await import('./completion/complete.js');
      await complete(argv.slice(2), environment);
      return EXIT.ok;
    }
    const parsed = parseCommandLine(argv, io.columns);
    if (parsed.kind === 'text') {
      await io.out(`${parsed.text}\n`);
      return EXIT.ok;
    }
    context = createContext(environment, parsed.flags);
    return await parsed.run(context);
  } catch (error) {
    if (error instanceof OutputClosedError) return EXIT.outputClosed;
    const scene = context?.scene ?? emptyScene();
    if (signal.aborted) {
      if (!scene.endless) await io.err(`k8s-cli: interrupted${scene.unsure ? `; ${scene.unsure}` : ''}\n`);
      // The terminal has shown ^C where the line had not ended.
      else if (io.errIsTerminal) await io.err('\n');
      return EXIT.interrupted;
    }
    const { lines, exitCode } = describeError(error, scene);
    for (const line of lines) await io.err(`${line}\n`);
    return exitCode;
  } finally {
    context?.close();
  }
}
