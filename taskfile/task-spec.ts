import { readFields } from './fields/field.js';
import type { Resources } from './fields/resources.js';
import { RUN_FIX } from './fields/script.js';
import { TASK_FIELDS, TASK_HINTS, type TaskDraft } from './fields/task.js';
import type { VolumeMount } from './fields/volumes.js';
import { fromValue } from './from-value.js';
import { parseText } from './parse.js';
import { createReport, type Report } from './report.js';
import { substituteEnvs } from './substitute.js';
import { describe, type TreeNode, valueAt } from './tree.js';
import type { Violation } from './violation.js';

export { formatViolation, type Violation } from './violation.js';

/** What a task asks for, checked and in canonical form. */
export interface TaskSpec {
  /** Display name; undefined means `task-{id}`. */
  name: string | undefined;
  /** 1 to 1000. */
  numNodes: number;
  /** Absolute path in the container; undefined means the image's own. */
  workdir: string | undefined;
  /** What each node gets. */
  resources: Resources;
  /** Environment of setup and run. */
  envs: Readonly<Record<string, string>>;
  /** Volumes by mount path; no path twice. */
  volumes: readonly VolumeMount[];
  /** Shell script before run; undefined means none. */
  setup: string | undefined;
  /** Shell script; never blank. */
  run: string;
}

/** A task with what the user should be told about it, or everything that is wrong with it. */
export type ParseResult = { ok: true; spec: TaskSpec; warnings: string[] } | { ok: false; violations: Violation[] };

/** The task that the text of a task.yaml describes. Never throws, and bounded in time and memory whatever the text is. */
export function parseTaskYaml(text: string): ParseResult {
  const normalized = text.replace(/\r\n?/g, '\n');
  const lines = normalized.split('\n');
  const report = createReport((line) => lines[line - 1]);
  const tree = parseText(normalized, report);
  return tree === undefined ? { ok: false, violations: report.violations() } : readTask(tree, report);
}

/** The task that a plain value with the keys of task.yaml describes, as it comes from JSON; places are unknown. */
export function checkTask(value: unknown): ParseResult {
  const report = createReport(() => undefined);
  const result = fromValue(value);
  if (result.ok) return readTask(result.tree, report);
  report.refuse({ path: result.path, at: undefined }, result.message);
  return { ok: false, violations: report.violations() };
}

function readTask(tree: TreeNode, report: Report): ParseResult {
  if (tree.kind !== 'map' && tree.kind !== 'null') {
    report.refuse({ path: '', at: tree.at }, `a task is a mapping of fields, not ${describe(tree)}`, RUN_FIX);
    return { ok: false, violations: report.violations() };
  }
  const task = tree.kind === 'map' ? substituteEnvs(tree) : tree;
  const fields: TaskDraft = {};
  readFields(TASK_FIELDS, TASK_HINTS, valueAt('', task), report, fields);
  const refusedRun = report.violations().some((violation) => violation.field === 'run');
  if (fields.run === undefined && !refusedRun) report.refuse({ path: 'run', at: undefined }, 'is missing', RUN_FIX);
  const violations = report.violations();
  if (violations.length > 0 || fields.run === undefined) return { ok: false, violations };
  const spec: TaskSpec = {
    name: fields.name,
    numNodes: fields.numNodes ?? 1,
    workdir: fields.workdir,
    resources: fields.resources ?? {
      cpus: undefined,
      memory: undefined,
      gpus: 0,
      gpuType: undefined,
      image: undefined,
    },
    envs: fields.envs ?? {},
    volumes: fields.volumes ?? [],
    setup: fields.setup,
    run: fields.run,
  };
  return { ok: true, spec, warnings: report.warnings() };
}
