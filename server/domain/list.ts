/** A user's tasks, or everybody's, page by page. */

import type { Domain } from './context.js';
import { invalidArgument } from './errors.js';
import { pageToken, parsePageToken } from './page-token.js';
import { aggregate } from './status/aggregate.js';
import { STATUS_WORDS, type Task } from './task.js';

/** Most tasks of one page. */
export const MAX_PAGE_SIZE = 1000;
/** Most tasks of a list that asks for no page. */
const MAX_UNPAGED = 10_000;

/** Which tasks to list. */
export interface ListRequest {
  readonly allUsers: boolean;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly status: string;
  readonly name: string;
  /** Only tasks that are not older than this; undefined for all. */
  readonly sinceMs: number | undefined;
  readonly idPrefix: string;
}

/** One page of tasks. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** Tasks, newest first. Throws INVALID_ARGUMENT for a bad size, token or status. */
export function listTasks(
  domain: Pick<Domain, 'store' | 'namespace' | 'clock'>,
  user: string,
  request: ListRequest,
): TaskPage {
  if (request.pageSize < 0) throw invalidArgument('page_size', 'must not be negative');
  checkStatus(request.status);
  const { name, status, sinceMs, idPrefix } = request;
  if (sinceMs !== undefined && sinceMs < 0) throw invalidArgument('since', 'must not be negative');
  const filters = [request.allUsers ? '' : user, request.allUsers, status, name, sinceMs ?? '', idPrefix];
  const after = parsePageToken(request.pageToken, filters);
  const limit = limitOf(request);
  const oldestMs = sinceMs === undefined ? Number.NEGATIVE_INFINITY : domain.clock.now() - sinceMs;
  const tasks: Task[] = [];
  for (const view of domain.store.list(request.allUsers ? undefined : user, after)) {
    if (view.record.createdAtMs < oldestMs) break;
    if (!view.record.id.startsWith(idPrefix) || (name !== '' && view.record.name !== name)) continue;
    const task = aggregate(view, domain.namespace);
    if (status !== '' && task.status !== status) continue;
    const last = tasks.at(-1);
    if (last && tasks.length === limit) {
      return { tasks, nextPageToken: pageToken({ createdAtMs: last.record.createdAtMs, id: last.record.id }, filters) };
    }
    tasks.push(task);
  }
  return { tasks, nextPageToken: '' };
}

/** Throws INVALID_ARGUMENT for a filter that is neither empty nor a status. */
export function checkStatus(status: string): void {
  if (status === '' || STATUS_WORDS.some((word) => word === status)) return;
  throw invalidArgument('status', `"${status}" is no status; use ${STATUS_WORDS.join(', ')}`);
}

function limitOf(request: ListRequest): number {
  if (request.pageSize > 0) return Math.min(request.pageSize, MAX_PAGE_SIZE);
  return request.pageToken === '' ? MAX_UNPAGED : MAX_PAGE_SIZE;
}
