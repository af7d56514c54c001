/** One thing wrong with a task, in words for the person who wrote it. */
export interface Violation {
  /** Path of the field, such as `resources.cpus` or `envs.FOO`; empty when it is about the whole file. */
  field: string;
  /** What is wrong. */
  message: string;
  /** How to repair it. */
  fix: string | undefined;
  /** Line of the text, from 1; undefined when the task did not come as text. */
  line: number | undefined;
  /** Column in that line, from 1. */
  column: number | undefined;
  /** The line itself; undefined where it may hold a secret. */
  source: string | undefined;
}

/** One line: `line 3, column 5: num_node: unknown field; did you mean num_nodes?` */
export function formatViolation(violation: Violation): string {
  const place = violation.line === undefined ? '' : `line ${violation.line}, column ${violation.column ?? 1}: `;
  const field = violation.field === '' ? '' : `${violation.field}: `;
  const fix = violation.fix === undefined ? '' : `; ${violation.fix}`;
  return `${place}${field}${violation.message}${fix}`;
}
