/** Whether a caller may call at all: the server's token, as `Authorization: Bearer TOKEN`. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { AnyHandler, CallContext } from '../../../bridge/handler.js';
import { TaskError } from '../../domain/errors.js';

/** Refuses calls without this token, where there is one; methods in `anonymous` need none. */
export function token(wanted: string | undefined, anonymous: ReadonlySet<string>): (next: AnyHandler) => AnyHandler {
  if (wanted === undefined) return (next) => next;
  const digest = digestOf(wanted);
  return (next) => (request, context) => {
    if (!anonymous.has(context.method)) check(digest, context);
    return next(request, context);
  };
}

function check(digest: Buffer, { metadata }: CallContext): void {
  const given = metadata.get('authorization');
  if (given === undefined) {
    throw new TaskError('TOKEN_MISSING', 'this server wants its token; send it as Authorization: Bearer TOKEN');
  }
  const [, sent = ''] = /^Bearer +(\S+)$/i.exec(given.trim()) ?? [];
  // Digests are of one length, so that nothing of the token shows in the time that the comparison takes.
  if (!timingSafeEqual(digestOf(sent), digest)) {
    throw new TaskError(
      'TOKEN_INVALID',
      "this is not the server's token; send the right one as Authorization: Bearer TOKEN",
    );
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
