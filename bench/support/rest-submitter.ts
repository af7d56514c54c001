import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { Submitter } from './bare-submitter.js';
import { CALLERS } from './sizes.js';
import { TASK_YAML, USER } from './task.js';

/** Submits the text of a task.yaml over REST, with kept-alive connections, as many as there are callers. */
export function restSubmitter(url: string): Submitter {
  const pool = new Pool(url, { connections: CALLERS, pipelining: 1 });
  return {
    async submit() {
      const answer = await pool.request({
        method: 'POST',
        path: '/tasks/submit',
        query: { request_id: randomUUID() },
        headers: { 'x-user': USER, 'content-type': 'application/yaml' },
        body: TASK_YAML,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`POST /tasks/submit answered ${answer.statusCode}: ${text}`);
    },
    async ask() {
      const answer = await pool.request({ method: 'GET', path: '/', headers: { 'x-user': USER } });
      await answer.body.text();
    },
    close: () => pool.close(),
  };
}
