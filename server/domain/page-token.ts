/** Page tokens: base64url of where the last page ended and of what was asked for, so that a token fits one list only. */

import { createHash } from 'node:crypto';
import { invalidArgument } from './errors.js';
import type { TaskPosition } from './ports.js';

/** A token for what comes behind `position` in the list with these filters. */
export function pageToken(position: TaskPosition, filters: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([position.createdAtMs, position.id, hash(filters)])).toString('base64url');
}

/** The position a token stands for; undefined for the empty token. Throws INVALID_ARGUMENT for a foreign one. */
export function parsePageToken(token: string, filters: readonly unknown[]): TaskPosition | undefined {
  if (token === '') return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw invalidArgument('page_token', 'is not a token of this list; start again without it');
  }
  if (!Array.isArray(fields) || typeof fields[0] !== 'number' || typeof fields[1] !== 'string') {
    throw invalidArgument('page_token', 'is not a token of this list; start again without it');
  }
  if (fields[2] !== hash(filters)) {
    throw invalidArgument('page_token', 'belongs to a list with other filters; repeat them or start again without it');
  }
  return { createdAtMs: fields[0], id: fields[1] };
}

function hash(filters: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 12);
}
