/** The causes that are known, what they are called, and what to do about each: a table, of which the first row that fits wins. */

import type { Cause, Symptoms } from './cause.js';
import { ENDED } from './ended.js';
import { WAITING } from './waiting.js';

/** In the order of their seriousness: of two nodes that wait, the one whose cause stands higher is told of. */
export const CAUSES: readonly Cause[] = [...WAITING, ...ENDED];

/** The first row that fits; undefined when none does. */
export function causeOf(symptoms: Symptoms): Cause | undefined {
  return CAUSES.find((cause) => fits(cause, symptoms));
}

/** How serious a cause is: the smaller the more. What is not in the table comes last. */
export function rankOf(symptoms: Symptoms): number {
  const cause = causeOf(symptoms);
  return cause === undefined ? CAUSES.length : CAUSES.indexOf(cause);
}

function fits({ reasons, message, exitCodes, line }: Cause, symptoms: Symptoms): boolean {
  if (reasons && !reasons.includes(symptoms.reason)) return false;
  if (message && !message.test(symptoms.message)) return false;
  if (exitCodes && !exitCodes.some((code) => code === symptoms.exitCode)) return false;
  return line === undefined || symptoms.lines.some((text) => line.test(text));
}
