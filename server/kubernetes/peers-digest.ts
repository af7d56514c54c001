import { createHash } from 'node:crypto';

/** What is remembered of a text that a pod was told: enough to know it again. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
