/** Who calls: the metadata key x-user, header X-User over HTTP. */

import type { AnyHandler, CallContext } from '../../../bridge/handler.js';
import { TaskError } from '../../domain/errors.js';

const MAX_USER = 256;
/** Where a call keeps its user. A WeakMap of all calls would be work for each garbage collection. */
const USER = Symbol('user');

interface KnownCaller extends CallContext {
  [USER]?: string;
}

/** Refuses calls without a user; methods in `anonymous` need none. */
export function identity(anonymous: ReadonlySet<string>): (next: AnyHandler) => AnyHandler {
  return (next) => (request, context) => {
    if (!anonymous.has(context.method)) (context as KnownCaller)[USER] = readUser(context);
    return next(request, context);
  };
}

/** The user of a call that passed {@link identity}. */
export function userOf(context: CallContext): string {
  const user = (context as KnownCaller)[USER];
  if (user === undefined) throw new Error(`${context.method} was called without an identity`);
  return user;
}

function readUser(context: CallContext): string {
  const values = context.metadata.getAll('x-user');
  const user = context.metadata.get('x-user')?.trim() ?? '';
  if (user === '') {
    throw new TaskError(
      'IDENTITY_MISSING',
      'who are you? send your user name in the header X-User (metadata key x-user)',
    );
  }
  if (values.length > 1 || user.length > MAX_USER || /\p{Cc}/u.test(user)) {
    throw new TaskError('IDENTITY_INVALID', `X-User must be one name of at most ${MAX_USER} printable characters`);
  }
  return user;
}
