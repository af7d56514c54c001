/**
 * Reads pages of everybody's tasks when it is told to: `read-pages.ts URL USER SIZE rest|grpc`. Asked for so many milliseconds, answers
 * with how long each page took.
 */

import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Client } from 'undici';
import { ListTasksRequest, TaskServiceService } from '../../gen/k8scli/v1/task_service.js';
import { answerParent } from './answer-parent.js';

/** Before any of them counts, until the connection is open and the code of both sides is compiled. */
const WARM_UP_PAGES = 2000;
/** Between two pages, so that the server is not measured against itself. */
const PAUSE_MS = 10;
/** In front of a message of gRPC: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;

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

/** Without a library for gRPC, whose work would be measured as well: what comes is looked through, and nothing is made of it. */
function overGrpc(): () => Promise<void> {
  const session = connect(url, { settings: { initialWindowSize: 1 << 20 } });
  const { path, requestSerialize } = TaskServiceService.listTasks;
  const message = requestSerialize(ListTasksRequest.fromPartial({ allUsers: true, pageSize: Number(size) }));
  const request = Buffer.concat([Buffer.alloc(PREFIX_BYTES), message]);
  request.writeUInt32BE(message.length, 1);
  const headers = {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'x-user': user,
  };
  return async () => {
    const stream = session.request(headers);
    stream.end(request);
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    expectPage(countTasks(Buffer.concat(pieces).subarray(PREFIX_BYTES)));
  };
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
