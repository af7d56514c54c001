/** Resume tokens: what a reader has of each node's log, as opaque text that any replica understands. */

import { invalidArgument, TaskError } from '../errors.js';
import type { LogPosition } from '../ports.js';

const NODE =
  /^([0-9a-z]{1,4})\.([0-9A-Za-z-]{1,64})\.([0-9a-z]{1,16})\.([0-9a-z]{1,8})\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})(-?)$/;

const BEGUN = /^([0-9a-z]{1,4})\.([0-9A-Za-z-]{1,64})$/;

/** What a reader has of one node's log. */
export interface Reached {
  readonly position: LogPosition;
  /** How many lines were sent; a last one without newline counts. */
  readonly lines: number;
  /** Whether lines before the position were missing. */
  readonly incomplete: boolean;
}

/** What was sent, by node index; `complete` when the summary has been sent too. */
export interface ResumePoint {
  readonly nodes: ReadonlyMap<number, Reached>;
  /** By node, the uid of the pod that `tail` and `since` have still to be applied to. */
  readonly begun: ReadonlyMap<number, string>;
  readonly complete: boolean;
}

/** The token of what was sent. Contains only characters that are safe in a URL and in a header. */
export function resumeToken({ nodes, begun, complete }: ResumePoint): string {
  const reached = [...nodes].map(
    ([
      node,
      {
        position: { pod, timeNs, count, bytes },
        lines,
        incomplete,
      },
    ]) => {
      const numbers = [timeNs, count, bytes, lines].map((number) => number.toString(36));
      return [node.toString(36), pod, ...numbers].join('.') + (incomplete ? '-' : '');
    },
  );
  const waiting = [...begun]
    .filter(([node, pod]) => nodes.get(node)?.position.pod !== pod)
    .map(([node, pod]) => `${node.toString(36)}.${pod}`);
  return [complete ? 'e1' : 'p1', ...reached, ...waiting].join('~');
}

/** What a token stands for; undefined for the empty token. Throws INVALID_ARGUMENT for anything else that is no token. */
export function parseResumeToken(token: string): ResumePoint | undefined {
  if (token === '') return undefined;
  const [head, ...nodes] = token.split('~');
  if (head !== 'p1' && head !== 'e1') throw invalidToken();
  const reached = new Map<number, Reached>();
  const begun = new Map<number, string>();
  const number = (text: string): number => Number.parseInt(text, 36);
  for (const node of nodes) {
    const [, waiting, own] = BEGUN.exec(node) ?? [];
    if (waiting !== undefined && own !== undefined) {
      begun.set(number(waiting), own);
      continue;
    }
    const match = NODE.exec(node);
    if (!match) throw invalidToken();
    const [, index = '', pod = '', time = '', count = '', bytes = '', lines = '', incomplete = ''] = match;
    const position = { pod, timeNs: parseBase36(time), count: number(count), bytes: number(bytes) };
    reached.set(number(index), { position, lines: number(lines), incomplete: incomplete !== '' });
  }
  return { nodes: reached, begun, complete: head === 'e1' };
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
