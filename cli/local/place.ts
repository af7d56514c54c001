import { join } from 'node:path';
import { type Env, stateDir } from '../config.js';

/** Where the local server and its cluster keep what they have. */
export interface LocalPlace {
  /** Everything of the local server; for its owner only. */
  readonly folder: string;
  /** Which process the server is. */
  readonly state: string;
  /** The token that the server wants. */
  readonly token: string;
  /** What the server has to say while it runs. */
  readonly log: string;
  /** What its last process wrote besides: the ready line, and why it ended if it did. */
  readonly output: string;
  /** Data of the embedded cluster: where the server looks for it by itself. */
  readonly clusterData: string;
  /** Logs of nodes, likewise. */
  readonly nodeLogs: string;
}

/** The place of this user's local server. */
export function localPlace(env: Env): LocalPlace {
  const state = stateDir(env);
  const folder = join(state, 'local');
  return {
    folder,
    state: join(folder, 'server.json'),
    token: join(folder, 'token'),
    log: join(folder, 'server.log'),
    output: join(folder, 'server.out'),
    clusterData: join(state, 'cluster'),
    nodeLogs: join(state, 'logs'),
  };
}
