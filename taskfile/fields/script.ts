import type { Report } from '../report.js';
import type { Value } from '../tree.js';
import { readString } from './field.js';

/** The commands of `setup`; blank ones count as none. */
export function readSetup(value: Value, report: Report): string | undefined {
  const script = readString(value, report);
  return script?.trim() === '' ? undefined : script;
}

/** The commands of `run`, which must not be blank. */
export function readRun(value: Value, report: Report): string | undefined {
  const script = readString(value, report);
  if (script?.trim() !== '') return script;
  return report.refuse(value, 'is empty', RUN_FIX);
}

/** What to do about a task without `run`. */
export const RUN_FIX = 'say what to run, for example `run: python3 train.py`';
