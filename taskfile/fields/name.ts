import type { Report } from '../report.js';
import { quote, type Value } from '../tree.js';
import { readString } from './field.js';

const MAX_LENGTH = 128;
const NAME = /^[A-Za-z0-9]+(?:[._-]{1,2}[A-Za-z0-9]+)*$/;

/** The task's display name; an empty one counts as none. */
export function readName(value: Value, report: Report): string | undefined {
  const name = readString(value, report);
  if (name === undefined || name === '') return undefined;
  const length = Array.from(name).length;
  if (length > MAX_LENGTH) {
    return report.refuse(value, `is ${length} characters long; at most ${MAX_LENGTH} are allowed`, 'shorten it');
  }
  if (NAME.test(name)) return name;
  if (/[^\x20-\x7e]/.test(name)) {
    const message = `${quote(name)} has characters other than ASCII letters, digits, "-", "_" and "."`;
    return report.refuse(value, message, 'use those only');
  }
  const fix = 'use letters and digits with at most two of "-", "_" or "." between them, as in my-task.v2';
  return report.refuse(value, `${quote(name)} is not a task name`, fix);
}
