import { type ClientError, isClientError } from '../client/errors.js';
import type { Source } from '../taskfile/source.js';
import { EXIT, type ResultCodes, SKY_EXIT } from './exit-codes.js';
import { optionOf, withOptionName } from './override-names.js';
import { placeIn, sourceLines, splitPlace } from './output/place.js';
import { printable } from './output/table.js';

/** A failure that is found here and not by the server; its message is the whole line for the user. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** What the process ends with. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A command line or input file that cannot be used: exit code 2. */
export function usageError(message: string): CliError {
  return new CliError(message, EXIT.usage);
}

/** What is wrong, and how to repair it where that is said, of a message as errors are told: `what; how`. */
export function halvesOf(message: string): { readonly message: string; readonly fix: string } {
  const at = message.indexOf('; ');
  return at < 0 ? { message, fix: '' } : { message: message.slice(0, at), fix: message.slice(at + 2) };
}

/** A task file that was sent. */
interface SentFile {
  readonly name: string;
  readonly source: Source;
}

/** What is known about the command that failed. */
export interface ErrorScene {
  /** URL of the server, when one was chosen. */
  server: string | undefined;
  /** It is asked because nothing says which: another user's, perhaps. */
  byDefault: boolean;
  /** The task file that was sent: its name, and its text as it may be shown. */
  file: SentFile | undefined;
  /** What fields of the message that was sent are called where the user says them. */
  fieldNames: Readonly<Record<string, string>>;
  /** What is to be said when it is not known whether a call had its effect. */
  unsure: string | undefined;
  /** Id of the task that is being followed, and that goes on whatever happens here. */
  following: string | undefined;
  /** Which exit codes were asked for. */
  resultCodes: ResultCodes;
  /** Ctrl+C is how the command is meant to end. */
  endless: boolean;
}

/** A scene of which nothing is known yet. */
export function emptyScene(): ErrorScene {
  return {
    server: undefined,
    byDefault: false,
    file: undefined,
    fieldNames: {},
    unsure: undefined,
    following: undefined,
    resultCodes: 'task',
    endless: false,
  };
}

/** An error in words for stderr, whole lines, and the exit code. */
export interface ErrorReport {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** Says what failed, where, and what to do about it. */
export function describeError(error: unknown, scene: ErrorScene): ErrorReport {
  const report = explain(error, scene);
  const sky = scene.resultCodes === 'sky' && report.exitCode === EXIT.notFound;
  return sky ? { ...report, exitCode: SKY_EXIT.notFound } : report;
}

function explain(error: unknown, scene: ErrorScene): ErrorReport {
  if (error instanceof CliError) return oneLine(error.message, error.exitCode);
  if (isClientError(error)) {
    // A call may be given up for something that was found here.
    return error.cause instanceof CliError ? explain(error.cause, scene) : describeClientError(error, scene);
  }
  const message = error instanceof Error ? error.message : String(error);
  return oneLine(`unexpected failure: ${message}`, EXIT.failure);
}

function describeClientError(error: ClientError, scene: ErrorScene): ErrorReport {
  const at = scene.server ?? 'the configured address';
  const text = error.message;
  const next = error.isHarmless ? 'nothing was done, try again' : (scene.unsure ?? 'try again');
  if (error.code === 'UNAVAILABLE' && scene.following !== undefined) {
    const comeBack = `the task does not depend on this connection, come back with k8s-cli jobs logs ${scene.following}`;
    return oneLine(`lost the server at ${at} (${error.unreachable ?? text}); ${comeBack}`, EXIT.incomplete);
  }
  if (error.unreachable !== undefined) {
    const hint =
      error.unreachable === 'connection refused'
        ? 'start it with k8s-cli-server, or one on this machine with k8s-cli local start, or set K8S_CLI_API_URL'
        : 'check the address: --server, K8S_CLI_API_URL or the configuration';
    return oneLine(`cannot reach the server at ${at}: ${error.unreachable}; ${hint}`, EXIT.failure);
  }
  switch (error.code) {
    case 'INVALID_ARGUMENT':
    case 'OUT_OF_RANGE':
      return withViolations(error, scene) ?? oneLine(text, EXIT.usage);
    case 'NOT_FOUND':
      return (
        withViolations(error, scene, EXIT.notFound) ??
        oneLine(withHint(text, 'see k8s-cli jobs list and k8s-cli volumes list'), EXIT.notFound)
      );
    case 'UNAUTHENTICATED':
      if (error.reason?.startsWith('TOKEN_')) {
        const set = 'set it with k8s-cli config set-context NAME --token-file FILE, or K8S_CLI_TOKEN';
        const own = scene.byDefault ? '; or start a server of your own: k8s-cli local start' : '';
        return oneLine(
          `the server at ${at} ${error.reason === 'TOKEN_MISSING' ? 'wants a token' : 'wants another token'}; ${set}${own}`,
          EXIT.failure,
        );
      }
      return oneLine(`${text}; run k8s-cli auth login NAME`, EXIT.failure);
    case 'DEADLINE_EXCEEDED':
      return oneLine(`the server at ${at} did not answer in time (${text.split(',')[0]}); ${next}`, EXIT.timedOut);
    case 'UNAVAILABLE':
      // What was connected may have gone on for a while: it is not to be begun again without a thought.
      if (error.reason === 'CONNECTION_LOST') return oneLine(text, EXIT.incomplete);
      // A reason comes from the server; without one the connection itself broke.
      return error.reason === undefined
        ? oneLine(`the connection to the server at ${at} was lost (${text}); ${next}`, EXIT.incomplete)
        : oneLine(`the server at ${at} cannot serve this now: ${text}; ${next}`, EXIT.failure);
    case 'UNIMPLEMENTED':
      return oneLine(
        `the server at ${at} does not know this request (${text}); is it a k8s-cli-server of this version?`,
        EXIT.failure,
      );
    case 'INTERNAL':
    case 'UNKNOWN':
    case 'DATA_LOSS':
      return oneLine(
        `the server at ${at} failed: ${text}; ${scene.unsure === undefined ? '' : `${scene.unsure}; `}its log says more`,
        EXIT.failure,
      );
    case 'CANCELLED':
      return oneLine(`the server at ${at} gave up the request: ${text}; ${next}`, EXIT.failure);
    case 'ABORTED':
      return oneLine(withHint(text, 'try again'), EXIT.failure);
    case 'OK':
    case 'ALREADY_EXISTS':
    case 'PERMISSION_DENIED':
    case 'RESOURCE_EXHAUSTED':
    case 'FAILED_PRECONDITION':
      break;
  }
  return oneLine(text, EXIT.failure);
}

/** Each violation, in a file with its place the way editors and compilers put it, and the line it is about. */
function withViolations(
  error: ClientError,
  { file, fieldNames }: ErrorScene,
  exitCode: number = EXIT.usage,
): ErrorReport | undefined {
  if (error.violations.length === 0) return undefined;
  const lines = error.violations.flatMap(({ field: sent, description }) => {
    const field = (Object.hasOwn(fieldNames, sent) ? fieldNames[sent] : undefined) ?? sent;
    const { at, words } = splitPlace(description);
    if (optionOf(field) !== undefined) return [`k8s-cli: ${printable(withOptionName(words))}`];
    const named = at !== undefined || field === '' || words.startsWith(`${field}:`);
    const text = printable(named ? words : `${field}: ${words}`);
    if (file === undefined) return `k8s-cli: ${text}`;
    const shown = at === undefined ? [] : sourceLines(file.source.show(field, at.line), at.column);
    return [`${placeIn(file.name, at)}: ${text}`, ...shown];
  });
  return { lines, exitCode };
}

/** The server's own hint, where it gave one, is better than a general one. */
function withHint(text: string, hint: string): string {
  return /;|k8s-cli/.test(text) ? text : `${text}; ${hint}`;
}

function oneLine(message: string, exitCode: number): ErrorReport {
  return { lines: [`k8s-cli: ${printable(message.replaceAll(/\s*\n\s*/g, '; '))}`], exitCode };
}
