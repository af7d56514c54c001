import type { CallEvent } from '../client/index.js';
import { printable } from './output/table.js';

/** A call to the server, or how it ended, in lines for --verbose. What is secret in a request is not shown. */
export function describeCall(event: CallEvent, server: string, user: string): string {
  if (event.kind === 'request') {
    return `> ${event.method} at ${server} as ${printable(user)}: ${JSON.stringify(event.request, shown)}\n`;
  }
  const { code, message, details, ms } = event;
  const end = `< ${code} after ${Math.round(ms)} ms${message === '' ? '' : `: ${printable(message)}`}\n`;
  const more = details.map(({ type, value }) => `  ${type}: ${printable(JSON.stringify(value, shown) ?? '')}\n`);
  return end + more.join('');
}

function shown(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  // Task files and secrets may hold passwords; whoever asks for help shows these lines to others.
  if (key === 'taskYaml' && typeof value === 'string') return value === '' ? '' : `(${value.length} characters)`;
  if (key === 'secrets') return '(hidden)';
  return value;
}
