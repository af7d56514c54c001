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

function details({ name: kind, group }: Named, name: string): StatusDetails {
  return { ...(name && { name }), ...(group && { group }), ...(kind && { kind }) };
}

/** 404: there is no object of that name. */
export function notFound(resource: Named, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, details(resource, name));
}

/** 409: the name is taken. */
export function alreadyExists(resource: Named, name: string): StatusError {
  return new StatusError(
    409,
    'AlreadyExists',
    `${qualifiedName(resource)} "${name}" already exists`,
    details(resource, name),
  );
}

/** 409: the object is not in the version (or not the one) that the caller meant. */
export function conflict(resource: Named, name: string, why: string): StatusError {
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`,
    details(resource, name),
  );
}

/** 409 because somebody else wrote the object first. */
export function staleVersion(resource: Named, name: string): StatusError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** 403: a rule of the cluster (a quota, a protected object) forbids it. */
export function forbidden(resource: Named, name: string, why: string): StatusError {
  return new StatusError(
    403,
    'Forbidden',
    `${qualifiedName(resource)} "${name}" is forbidden: ${why}`,
    details(resource, name),
  );
}

/** 422: the object breaks rules; all of them are named. */
export function invalid(
  { kind, group }: Pick<Resource, 'kind' | 'group'>,
  name: string,
  causes: readonly StatusCause[],
): StatusError {
  const lines = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${qualifiedName({ name: kind, group })} "${name}" is invalid: ${list}`, {
    ...details({ name: kind, group }, name),
    causes: [...causes],
  });
}

/** 422: an option of the request has a value that it may not have. */
export function invalidOptions(
  kind: 'CreateOptions' | 'DeleteOptions' | 'ListOptions',
  cause: StatusCause,
): StatusError {
  return invalid({ kind, group: 'meta.k8s.io' }, '', [cause]);
}

/** 400: the request itself is wrong. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}
