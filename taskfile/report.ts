import type { Source } from './source.js';
import type { Spot } from './tree.js';
import type { Violation } from './violation.js';

/** Takes what the fields' readers find, so that one pass names everything that is wrong. */
export interface Report {
  /** What is only for another cloud is to be ignored with a warning. */
  readonly lenient: boolean;
  /** The task cannot run as written. The answer is what a reader returns then. */
  refuse(spot: Spot, message: string, fix: string): undefined;
  /** The task runs, but not everything in it has an effect. */
  warn(spot: Spot, message: string): void;
  /** Nothing was found yet. */
  readonly isEmpty: boolean;
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
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** How a report is made. */
interface ReportOptions {
  /** The name of a field that does not stand in the text. */
  readonly nameOf?: (field: string) => string;
  readonly lenient?: boolean;
}

/** An empty report about a text, of which it shows the lines that may be shown. */
export function createReport(
  source: Source,
  { nameOf = (field) => field, lenient = false }: ReportOptions = {},
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
    list.push({
      field: spot.at === undefined ? nameOf(spot.path) : spot.path,
      message: source.hides(spot.path, line) ? message.replace(QUOTED, '"…"') : message,
      fix,
      line,
      column: spot.at?.column,
      source: line === undefined ? undefined : source.show(spot.path, line),
    });
  };

  return {
    lenient,
    get isEmpty() {
      return violations.length === 0 && warnings.length === 0;
    },
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
