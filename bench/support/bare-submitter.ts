/** The baseline: the same two POSTs to the same API server, by a program that does nothing else. */

import { Pool } from 'undici';
import type { ClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { pathsOf } from '../../server/kubernetes/paths.js';
import { CALLERS } from './sizes.js';
import { bodiesOfOne, type Variant } from './task.js';

/** Something that submits tasks. */
export interface Submitter {
  /** Submits one task. Throws when it was not accepted. */
  submit(): Promise<void>;
  /** Asks for something small that is there, over the same way. */
  ask(): Promise<void>;
  close(): Promise<void>;
}

/** Submits with bare POSTs over kept-alive connections, as many as there are callers. `next` says what the next task is like. */
export async function bareSubmitter(
  config: ClusterConfig,
  namespace: string,
  next: () => Variant = () => ({}),
): Promise<Submitter> {
  const { headers, tls } = await config.credentials(false, {});
  const { origin, pathname } = new URL(config.server);
  const pool = new Pool(origin, { connections: CALLERS, pipelining: 1, allowH2: false, connect: tls });
  const prefix = pathname === '/' ? '' : pathname;
  const paths = pathsOf(namespace);

  async function post(path: string, body: string): Promise<string> {
    const answer = await pool.request({
      method: 'POST',
      path: prefix + path,
      headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 201) throw new Error(`POST ${path} answered ${answer.statusCode}: ${text}`);
    return text;
  }

  return {
    async submit() {
      const { record, job } = bodiesOfOne(next());
      const created = JSON.parse(await post(paths.configMaps, record)) as { metadata: { uid: string } };
      await post(paths.jobs, job(created.metadata.uid));
    },
    async ask() {
      const answer = await pool.request({ method: 'GET', path: `${prefix}/version`, headers });
      await answer.body.text();
    },
    close: () => pool.close(),
  };
}
