/** Resume tokens: where each node's log has been read to, as opaque text that any replica understands. */

import { invalidArgument, TaskError } from '../errors.js';
import type { LogPosition } from '../ports.js';

/** Positions by node index; `complete` when the summary has been sent. */
export interface ResumePoint {
  readonly positions: ReadonlyMap<number, LogPosition>;
  readonly complete: boolean;
}

/** The token of these positions. Contains only characters that are safe in a URL and in a header. */
export function resumeToken(positions: ReadonlyMap<number, LogPosition>, complete: boolean): string {
  const nodes = [...positions].map(([node, { pod, timeNs, count, bytes }]) =>
    [node.toString(36), pod, timeNs.toString(36), count.toString(36), bytes.toString(36)].join('.'),
  );
  return [complete ? 'e1' : 'p1', ...nodes].join('~');
}

/** What a token stands for; undefined for the empty token. Throws INVALID_ARGUMENT for anything else that is no token. */
export function parseResumeToken(token: string): ResumePoint | undefined {
  if (token === '') return undefined;
  const [head, ...nodes] = token.split('~');
  if (head !== 'p1' && head !== 'e1') throw invalidToken();
  const positions = new Map<number, LogPosition>();
  for (const node of nodes) {
    const match = /^([0-9a-z]{1,4})\.([0-9A-Za-z-]{1,64})\.([0-9a-z]{1,16})\.([0-9a-z]{1,8})\.([0-9a-z]{1,10})$/.exec(
      node,
    );
    if (!match) throw invalidToken();
    const [, index = '', pod = '', time = '', count = '', bytes = ''] = match;
    const number = (text: string): number => Number.parseInt(text, 36);
    positions.set(number(index), { pod, timeNs: parseBase36(time), count: number(count), bytes: number(bytes) });
  }
  return { positions, complete: head === 'e1' };
}

function parseBase36(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}

function invalidToken(): TaskError {
  const { message, violations } = invalidArgument(
    'resume_token',
    'is not a token of this API; start without one to read the log from its beginning',
  );
  return new TaskError('RESUME_TOKEN_INVALID', message, { violations });
}
