import { type Resource, qualifiedName } from './resources.js';

/** One violated rule of a refused object. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

/** What a Status says beside its message. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** The error every part of the cluster throws when it refuses something: it becomes the Status body of the answer. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** The list metadata of the Status: a 410 for a page says where the list can be continued. */
  readonly listMeta: { continue?: string };

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
    listMeta: { continue?: string } = {},
  ) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.listMeta = listMeta;
  }

  /** The `kind: Status` object of the API. */
  toStatus(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.listMeta,
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

/** The name of a resource as it is in messages. */
type Named = Pick<Resource, 'name' | 'group'>;

/** An error about an object; `what` is said of it. */
function about(
  code: number,
  reason: string,
  { name: kind, group }: Named,
  name: string,
  what: string,
  causes?: StatusCause[],
): StatusError {
  const details = { ...(name && { name }), ...(group && { group }), ...(kind && { kind }), ...(causes && { causes }) };
  const subject = `${qualifiedName({ name: kind, group })} "${name}"`;
  const message = reason === 'Conflict' ? `Operation cannot be fulfilled on ${subject}: ${what}` : `${subject} ${what}`;
  return new StatusError(code, reason, message, details);
}

/** 404: there is no object of that name. */
export function notFound(resource: Named, name: string): StatusError {
  return about(404, 'NotFound', resource, name, 'not found');
}

/** 409: the name is taken. */
export function alreadyExists(resource: Named, name: string): StatusError {
  return about(409, 'AlreadyExists', resource, name, 'already exists');
}

/** 409: the object is not in the version (or not the one) that the caller meant. */
export function conflict(resource: Named, name: string, why: string): StatusError {
  return about(409, 'Conflict', resource, name, why);
}

/** 409 because somebody else wrote the object first. */
export function staleVersion(resource: Named, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(resource, name, why);
}

/** 403: a rule of the cluster (a quota, a protected object) forbids it. */
export function forbidden(resource: Named, name: string, why: string): StatusError {
  return about(403, 'Forbidden', resource, name, `is forbidden: ${why}`);
}

/** 422: the object breaks rules; all of them are named. */
export function invalid(
  { kind, group }: Pick<Resource, 'kind' | 'group'>,
  name: string,
  causes: readonly StatusCause[],
): StatusError {
  const lines = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return about(422, 'Invalid', { name: kind, group }, name, `is invalid: ${list}`, [...causes]);
}

/** 422: options of the request have values that they may not have. */
export function invalidOptions(
  kind: `${'Create' | 'Update' | 'Patch' | 'Delete' | 'List'}Options`,
  causes: readonly StatusCause[],
): StatusError {
  return invalid({ kind, group: 'meta.k8s.io' }, '', causes);
}

/** 400: the request itself is wrong. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}
