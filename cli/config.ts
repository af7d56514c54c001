import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { CliError, usageError } from './errors.js';

/** Environment variables of the process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One named server, and who the user is there. */
export interface ContextEntry {
  server?: string | undefined;
  user?: string | undefined;
  /** What the server wants to see, where it wants a token. */
  token?: string | undefined;
}

/** Content of the configuration file. */
export interface ConfigFile {
  currentContext: string;
  contexts: Record<string, ContextEntry>;
}

/** The context that is used when none is chosen; there need not be one of that name. */
export const DEFAULT_CONTEXT = 'default';

/** Directory of the configuration: $XDG_CONFIG_HOME/k8s-cli, or ~/.config/k8s-cli. */
export function configDir(env: Env): string {
  return join(xdg(env['XDG_CONFIG_HOME'], env, '.config'), 'k8s-cli');
}

/** Directory of what the programs remember: $XDG_STATE_HOME/k8s-cli, or ~/.local/state/k8s-cli. */
export function stateDir(env: Env): string {
  return join(xdg(env['XDG_STATE_HOME'], env, join('.local', 'state')), 'k8s-cli');
}

/** Path of the configuration file. */
export function configPath(env: Env): string {
  return join(configDir(env), 'config.yaml');
}

/** Reads the configuration; an empty one when there is no file. Throws a CliError for a file that makes no sense. */
export async function readConfig(env: Env): Promise<ConfigFile> {
  const path = configPath(env);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return { currentContext: DEFAULT_CONTEXT, contexts: {} };
    throw new CliError(`cannot read ${path}: ${reasonOf(error)}`);
  }
  const { parseDocument } = await import('./yaml.js');
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    const words = problem.message.split(/ at line \d+, column \d+/, 1)[0];
    throw usageError(`${path}:${line}:${col}: not valid YAML: ${words}; repair or delete it`);
  }
  return toConfig(document.toJS(), path);
}

/**
 * Who logged in before there was any server: the same person at the first one. `contexts` are those without the one that says
 * nothing else, which would be in the way from then on.
 */
export function loggedInBefore({ contexts, currentContext }: ConfigFile): {
  readonly user: string | undefined;
  readonly contexts: ConfigFile['contexts'];
} {
  const { [currentContext]: entry, ...others } = contexts;
  if (entry === undefined || entry.server !== undefined) return { user: undefined, contexts };
  const saysMore = entry.token !== undefined || currentContext !== DEFAULT_CONTEXT;
  return { user: entry.user, contexts: saysMore ? contexts : others };
}

/** Replaces the configuration in one step, readable by its owner only. */
export async function writeConfig(env: Env, config: ConfigFile): Promise<void> {
  const path = configPath(env);
  const { stringify } = await import('./yaml.js');
  const { randomBytes } = await import('node:crypto');
  const contexts = Object.fromEntries(
    Object.entries(config.contexts).map(([name, { server, user, token }]) => [
      name,
      {
        ...(server === undefined ? {} : { server }),
        ...(user === undefined ? {} : { user }),
        ...(token === undefined ? {} : { token }),
      },
    ]),
  );
  const text = stringify({ 'current-context': config.currentContext, contexts });
  const temporary = join(dirname(path), `.config.yaml.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // The mode above is subject to the umask, which may take but also never adds: say exactly what is meant.
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new CliError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

function toConfig(value: unknown, path: string): ConfigFile {
  if (value === null || value === undefined) return { currentContext: DEFAULT_CONTEXT, contexts: {} };
  const root = mapping(value, path, 'the file');
  const currentContext = root['current-context'] ?? DEFAULT_CONTEXT;
  if (typeof currentContext !== 'string') throw usageError(`${path}: current-context must be a name`);
  const contexts: Record<string, ContextEntry> = {};
  for (const [name, entry] of Object.entries(mapping(root['contexts'] ?? {}, path, 'contexts'))) {
    const { server, user, token } = mapping(entry ?? {}, path, `contexts.${name}`);
    contexts[name] = {
      server: text(server, path, `contexts.${name}.server`),
      user: text(user, path, `contexts.${name}.user`),
      token: checkToken(text(token, path, `contexts.${name}.token`), `${path}: contexts.${name}.token`),
    };
  }
  return { currentContext, contexts };
}

function mapping(value: unknown, path: string, what: string): Record<string, unknown> {
  if (isMapping(value)) return value;
  throw usageError(`${path}: ${what} must be a mapping; repair or delete it`);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown, path: string, what: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw usageError(`${path}: ${what} must be a text; put it in quotes`);
}

/** A token that can be sent in a header. Throws a CliError (exit code 2) that names `where` for anything else. */
export function checkToken(token: string | undefined, where: string): string | undefined {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw usageError(`${where} must be one line of printable ASCII characters without spaces`);
}

function xdg(value: string | undefined, env: Env, fallback: string): string {
  // The XDG specification says to ignore relative paths.
  if (value !== undefined && isAbsolute(value)) return value;
  return join(env['HOME'] || homedir(), fallback);
}

/** Whether an error is the system's of that code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** A system error in a few words, without the call and path that Node adds. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: (.+?)(?:, \w+.*)?$/.exec(message)?.[1] ?? message;
}
