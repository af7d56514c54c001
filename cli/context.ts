import type { CallEvent, Client, ClientError } from '../client/index.js';
import type { Env } from './config.js';
import { emptyScene, type ErrorScene } from './errors.js';
import type { Io } from './io.js';
import { COLOURED, coloursWanted, PLAIN, type Style } from './output/style.js';
import { type Layout, printable } from './output/table.js';
import { firstUseWithoutLogin, resolveSettings, type SettingFlags, type Settings } from './settings.js';

/** What the process gives to a run; everything a test replaces. */
export interface Environment {
  readonly io: Io;
  readonly env: Env;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Time in milliseconds since 1970. */
  readonly now: () => number;
  /** The operating system's name of the user, if there is one. */
  readonly osUser: () => string | undefined;
}

/** What the options that every command has say. */
export interface GlobalFlags extends SettingFlags {
  /** False: no colours. */
  readonly color: boolean;
  /** Nothing on stderr but errors. */
  readonly quiet: boolean;
  /** Each call to the server and its status on stderr. */
  readonly verbose: boolean;
}

/** What a command works with. */
export interface CommandContext extends Environment {
  readonly flags: GlobalFlags;
  /** Style of stdout. */
  readonly style: Style;
  /** Style of stderr. */
  readonly errStyle: Style;
  /** Writes what is good to know, but neither a result nor an error, to stderr; nothing with --quiet. */
  readonly note: (text: string) => Promise<void>;
  /** Layout of a table on stdout. `wide`: nothing is left out. */
  readonly layout: (wide: boolean) => Layout;
  /** Server and user, settled at first use. */
  readonly settings: () => Promise<Settings>;
  /** The client, made at first use: commands that need no server do not load gRPC. Starts the local server where that is meant. */
  readonly client: () => Promise<Client>;
  /** The same, but starts nothing. */
  readonly connect: () => Promise<Client>;
  /** Filled in as the command goes on, so that a failure can be told with its place. */
  readonly scene: ErrorScene;
  /** Closes the connection, if there is one. */
  readonly close: () => void;
}

/** Makes the context of one command. */
export function createContext(environment: Environment, flags: GlobalFlags): CommandContext {
  const { io } = environment;
  const colours = coloursWanted(flags.color, environment.env);
  const style = colours && io.outIsTerminal ? COLOURED : PLAIN;
  let settings: Promise<Settings> | undefined;
  const scene = emptyScene();
  let client: Promise<Client> | undefined;
  let opened: Client | undefined;

  async function settle(): Promise<Settings> {
    const settled = await resolveSettings(flags, environment.env, environment.osUser);
    scene.server = settled.server;
    scene.byDefault = settled.serverOrigin === 'default';
    return settled;
  }

  async function startLocal(): Promise<void> {
    const { env, signal } = environment;
    const { startIfNeeded } = await import('./local/context.js');
    const local = await startIfNeeded(env, await context.settings(), signal);
    if (local === undefined) return;
    settings = undefined;
    // Another command may have been quicker, and has said it.
    if (!local.started) return;
    await context.note(
      `k8s-cli: started a server and a small cluster here, at ${local.url}; to stop them: k8s-cli local stop; ` +
        'to use a cluster instead: k8s-cli config set-context NAME --server URL\n',
    );
  }

  async function open(): Promise<Client> {
    const { server, user, userOrigin, token } = await context.settings();
    const { createClient } = await import('../client/client.js');
    const { describeCall } = await import('./trace.js');
    const trace = (event: CallEvent): void => void environment.io.err(describeCall(event, server, user));
    let told = false;
    const onWait = (error: ClientError | undefined): void => {
      // What goes on until Ctrl+C tells itself of what it tries again: a table that is drawn would be torn, and all else told twice.
      if (error && scene.endless) return;
      // A server that is being started again is back in no time; that something is slow is of interest to who looks on only.
      if (told || (error ? error.reason !== 'CLUSTER_UNAVAILABLE' : !environment.io.errIsTerminal)) return;
      told = true;
      const why = error ? `${printable(error.message)}; trying again` : `no answer from ${server} yet; waiting for it`;
      void context.note(`k8s-cli: ${why}, Ctrl+C gives up\n`);
    };
    opened = createClient({ url: server, user, token, trace: flags.verbose ? trace : undefined, onWait });
    if (userOrigin === 'default' && (await firstUseWithoutLogin(environment.env))) {
      await context.note(
        `k8s-cli: you are ${user}, your user name here; k8s-cli auth login NAME chooses another (said only once)\n`,
      );
    }
    return opened;
  }

  const context: CommandContext = {
    ...environment,
    flags,
    style,
    errStyle: colours && io.errIsTerminal ? COLOURED : PLAIN,
    note: (text) => (flags.quiet ? Promise.resolve() : io.err(text)),
    layout: (wide) => ({ terminal: io.outIsTerminal, width: wide ? undefined : io.columns, style }),
    settings: () => (settings ??= settle()),
    client: () => (client ??= startLocal().then(open)),
    connect: () => (client ??= open()),
    scene,
    close: () => opened?.close(),
  };
  return context;
}
