import type { KubeClient } from './client.js';
import type { ListMetadata } from './list-objects.js';

const PAGE_SIZE = 500;

/** The objects of a list that is short enough to be had as a whole, page by page. */
export async function listAll<T>(
  client: KubeClient,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const found: T[] = [];
  let next: string | undefined;
  do {
    const { body } = await client.request<{ readonly metadata: ListMetadata; readonly items: readonly T[] }>({
      method: 'GET',
      path,
      query: { ...query, limit: PAGE_SIZE, continue: next },
      first: true,
      signal,
    });
    found.push(...body.items);
    next = body.metadata.continue || undefined;
  } while (next);
  return found;
}
