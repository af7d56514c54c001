import type { Client } from '../client/index.js';
import type { Env } from './config.js';
import { emptyScene, type ErrorScene } from './errors.js';
import type { Io } from './io.js';
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

/** What a command works with. */
export interface CommandContext extends Environment {
  /** Server and user, settled at first use. */
  readonly settings: () => Promise<Settings>;
  /** The client, made at first use: commands that need no server do not load gRPC. */
  readonly client: () => Promise<Client>;
  /** Filled in as the command goes on, so that a failure can be told with its place. */
  readonly scene: ErrorScene;
  /** Closes the connection, if there is one. */
  readonly close: () => void;
}

/** Makes the context of one command. */
export function createContext(environment: Environment, flags: SettingFlags): CommandContext {
  let settings: Promise<Settings> | undefined;
  const scene = emptyScene();
  let client: Promise<Client> | undefined;
  let opened: Client | undefined;

  async function settle(): Promise<Settings> {
    const settled = await resolveSettings(flags, environment.env, environment.osUser);
    scene.server = settled.server;
    return settled;
  }

  async function open(): Promise<Client> {
    const { server, user, userOrigin } = await context.settings();
    const { createClient } = await import('../client/index.js');
    opened = createClient({ url: server, user });
    if (userOrigin === 'default' && (await firstUseWithoutLogin(environment.env))) {
      await environment.io.err(
        `k8s-cli: you are ${user}, your user name here; k8s-cli auth login NAME chooses another (said only once)\n`,
      );
    }
    return opened;
  }

  const context: CommandContext = {
    ...environment,
    settings: () => (settings ??= settle()),
    client: () => (client ??= open()),
    scene,
    close: () => opened?.close(),
  };
  return context;
}
