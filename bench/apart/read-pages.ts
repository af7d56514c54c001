/**
 * Reads pages of everybody's tasks when it is told to: `read-pages.ts URL USER SIZE rest|grpc`. Asked for so many milliseconds, answers
 * with how long each page took.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Client } from 'undici';
import { ListTasksRequest, TaskServiceService } from '../../gen/k8scli/v1/task_service.js';
import { bareGrpc } from '../support/bare-grpc.js';
import { answerParent } from './answer-parent.js';

/** Before any of them counts, until the connection is open and the code of both sides is compiled. */
const WARM_UP_PAGES = 2000;
/** Between two pages, so that the server is not measured against itself. */
const PAUSE_MS = 10;

const [url = '', user = '', size = '', way = ''] = process.argv.slice(2);
const readPage = way === 'rest' ? overRest() : overGrpc();
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

/** As kubectl does: JSON, which is parsed. */
function overRest(): () => Promise<void> {
  const client = new Client(url);
  const path = `/tasks?all_users=true&page_size=${size}`;
  return async () => {
    const { statusCode, body } = await client.request({ method: 'GET', path, headers: { 'x-user': user } });
    const { tasks } = (await body.json()) as { tasks?: unknown[] };
    expectPage(tasks?.length ?? `none: ${statusCode}`);
  };
}

/** What comes is looked through, and nothing is made of it. */
function overGrpc(): () => Promise<void> {
  const server = bareGrpc(url, user);
  const { path, requestSerialize } = TaskServiceService.listTasks;
  const message = requestSerialize(ListTasksRequest.fromPartial({ allUsers: true, pageSize: Number(size) }));
  return async () => expectPage(countTasks(await server.call(path, message)));
}

/** How many tasks a ListTasksResponse has. */
function countTasks(message: Buffer): number {
  const reader = new BinaryReader(message);
  let count = 0;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) count += 1;
    reader.skip(type);
  }
  return count;
}

function expectPage(found: number | string): void {
  if (found !== Number(size)) throw new Error(`a page has ${found} tasks`);
}
