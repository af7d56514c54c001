import type { ServerResponse } from 'node:http';
import { json, refuse, type SeenRequest } from './kube-stub.js';

interface Stored {
  metadata: { name: string; uid: string; resourceVersion: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** Collections in memory, with what the launcher needs of the API: POST, GET, merge patch and DELETE by name. */
export class MemoryApi {
  readonly objects = new Map<string, Stored>();
  #revision = 1000;

  /** Answers as the API would. */
  answer(request: SeenRequest, response: ServerResponse): void {
    const { method, path } = request;
    const body = request.body as Partial<Stored> | undefined;
    if (method === 'POST') {
      const at = `${path}/${body?.metadata?.name}`;
      if (request.query.get('dryRun') === 'All') json(response, body, 201);
      else if (this.objects.has(at)) refuse(response, 409, 'AlreadyExists', `${at} already exists`);
      else json(response, this.#put(at, body ?? {}), 201);
      return;
    }
    const known = this.objects.get(path);
    if (!known) refuse(response, 404, 'NotFound', `${path} not found`);
    else if (method === 'DELETE' && !isMeant(body, known)) {
      refuse(response, 409, 'Conflict', 'Precondition failed');
    } else if (method === 'DELETE') {
      this.objects.delete(path);
      json(response, known);
    } else if (method === 'PATCH' && (body?.metadata?.resourceVersion ?? revisionOf(known)) !== revisionOf(known)) {
      refuse(response, 409, 'Conflict', 'the object has been modified');
    } else if (method === 'PATCH') json(response, this.#put(path, merge(known, body) as Partial<Stored>));
    else json(response, known);
  }

  #put(at: string, object: Partial<Stored>): Stored {
    const stored = {
      ...object,
      metadata: {
        ...object.metadata,
        name: at.split('/').at(-1) ?? '',
        uid: object.metadata?.uid ?? `uid-${(this.#revision += 1)}`,
        creationTimestamp: '2026-11-23T06:00:00Z',
        resourceVersion: String((this.#revision += 1)),
      },
    };
    this.objects.set(at, stored);
    return stored;
  }

  /** Names of the objects of a collection, sorted. */
  names(collection: string): string[] {
    return [...this.objects.keys()]
      .filter((path) => path.startsWith(`${collection}/`))
      .map((path) => path.slice(collection.length + 1))
      .toSorted();
  }
}

function revisionOf({ metadata }: Stored): string {
  return metadata.resourceVersion;
}

/** Whether a deletion asks for this object, and for this state of it. */
function isMeant(options: unknown, { metadata }: Stored): boolean {
  const { preconditions = {} } = (options ?? {}) as { preconditions?: { uid?: string; resourceVersion?: string } };
  const { uid = metadata.uid, resourceVersion = metadata.resourceVersion } = preconditions;
  return uid === metadata.uid && resourceVersion === metadata.resourceVersion;
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
