import { type Spot, visible } from './tree.js';
import type { Violation } from './violation.js';

/** Takes what the fields' readers find, so that one pass names everything that is wrong. */
export interface Report {
  /** The task cannot run as written. The answer is what a reader returns then. */
  refuse(spot: Spot, message: string, fix?: string): undefined;
  /** The task runs, but not everything in it has an effect. */
  warn(spot: Spot, message: string): void;
  violations(): Violation[];
  warnings(): Violation[];
}

const MAX_FINDINGS = 100;
const TOO_MANY: Violation = {
  field: '',
  message: `there is more, but only the first ${MAX_FINDINGS} are shown`,
  fix: undefined,
  line: undefined,
  column: undefined,
  source: undefined,
};
const MAX_SOURCE_LENGTH = 200;
const SECRET_PATH = /^(?:managed_)?secret|SKYPILOT_DOCKER_/i;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/**
 * An empty report. `sourceLine` gives line n (from 1) of the text, or undefined when there is no text; `isSecret` says of which
 * lines nothing may be repeated.
 */
export function createReport(
  sourceLine: (line: number) => string | undefined,
  isSecret: (line: number) => boolean = () => false,
): Report {
  const violations: Violation[] = [];
  const warnings: Violation[] = [];

  const add = (list: Violation[], spot: Spot, message: string, fix: string | undefined): undefined => {
    if (list.length > MAX_FINDINGS) return;
    if (list.length === MAX_FINDINGS) {
      list.push(TOO_MANY);
      return;
    }
    const line = spot.at?.line;
    const hidden = SECRET_PATH.test(spot.path) || (line !== undefined && isSecret(line));
    const source = line === undefined || hidden ? undefined : sourceLine(line);
    list.push({
      field: spot.path,
      message: hidden ? message.replace(QUOTED, '"…"') : message,
      fix,
      line,
      column: spot.at?.column,
      source: source === undefined ? undefined : visible(source.trimEnd().replaceAll('\t', ' '), MAX_SOURCE_LENGTH),
    });
  };

  return {
    refuse: (spot, message, fix) => add(violations, spot, message, fix),
    warn: (spot, message) => add(warnings, spot, message, undefined),
    violations: () => violations.toSorted(byPlace),
    warnings: () => warnings.toSorted(byPlace),
  };
}

function byPlace(a: Violation, b: Violation): number {
  if (a === TOO_MANY || b === TOO_MANY) return Number(a === TOO_MANY) - Number(b === TOO_MANY);
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
