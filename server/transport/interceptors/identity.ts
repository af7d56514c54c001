/** Who calls: the metadata key x-user, header X-User over HTTP. */

import type { AnyHandler, CallContext } from '../../../bridge/handler.js';
import { TaskError } from '../../domain/errors.js';

const MAX_USER = 256;
const users = new WeakMap<CallContext, string>();

/** Refuses calls without a user; methods in `anonymous` need none. */
export function identity(anonymous: ReadonlySet<string>): (next: AnyHandler) => AnyHandler {
  return (next) => (request, context) => {
    if (!anonymous.has(context.method)) users.set(context, readUser(context));
    return next(request, context);
  };
}

/** The user of a call that passed {@link identity}. */
export function userOf(context: CallContext): string {
  const user = users.get(context);
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
