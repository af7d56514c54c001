/**
 * Reads pages of everybody's tasks when it is told to: `read-pages.ts URL USER SIZE`. Asked for so many milliseconds, answers with how
 * long each page took.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../client/client.js';
import { answerParent } from './answer-parent.js';

/** Before any of them counts, until the connection is open and the code of both sides is compiled. */
const WARM_UP_PAGES = 2000;
/** Between two pages, so that the server is not measured against itself. */
const PAUSE_MS = 10;

const [url = '', user = '', size = ''] = process.argv.slice(2);
const client = createClient({ url, user });
for (let count = 0; count < WARM_UP_PAGES; count += 1) await readPage();
answerParent(readPages);

async function readPages(forMs: number): Promise<number[]> {
  const tookMs: number[] = [];
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    const beganMs = performance.now();
    await readPage();
    tookMs.push(performance.now() - beganMs);
    await sleep(PAUSE_MS);
  }
  return tookMs;
}

async function readPage(): Promise<void> {
  const { tasks } = await client.listTasks({ allUsers: true, pageSize: Number(size) });
  if (tasks.length !== Number(size)) throw new Error(`a page has ${tasks.length} tasks`);
}
