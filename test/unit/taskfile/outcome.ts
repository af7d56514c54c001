import { formatViolation, type ParseResult, parseTaskYaml, type TaskSpec } from '../../../taskfile/task-spec.js';

/** The spec that a task file gives; an exception with all problems if it gives none. */
export function specOf(yaml: string): TaskSpec {
  const result = parseTaskYaml(yaml);
  if (!result.ok) throw new Error(problemsOf(yaml).join('\n'));
  return result.spec;
}

/** The problems of a task file, one line each; empty if it has none. */
export function problemsOf(yaml: string): string[] {
  return linesOf(parseTaskYaml(yaml));
}

/** The problems of a result, one line each. */
export function linesOf(result: ParseResult): string[] {
  return result.ok ? [] : result.violations.map(formatViolation);
}

/** The warnings of a task file that is right. */
export function warningsOf(yaml: string): string[] {
  const result = parseTaskYaml(yaml);
  if (!result.ok) throw new Error(problemsOf(yaml).join('\n'));
  return result.warnings.map(formatViolation);
}
