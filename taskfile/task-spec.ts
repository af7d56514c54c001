import { type KubernetesConfig, NO_CONFIG } from './fields/config.js';
import { readFields } from './fields/field.js';
import { NO_RESOURCES, type Resources } from './fields/resources.js';
import { RUN_FIX } from './fields/script.js';
import type { ManagedSecret } from './fields/secrets.js';
import { TASK_FIELDS, TASK_HINTS, type TaskDraft } from './fields/task.js';
import type { VolumeMount } from './fields/volumes.js';
import { fromValue } from './from-value.js';
import { applyOverrides, nameOfField, type Overrides } from './overrides.js';
import { parseText } from './parse.js';
import type { RecentTexts } from './recent-texts.js';
import { readRegistryLogin, type RegistryLogin, withoutLogin, withRegistry } from './registry.js';
import { createReport, type Report } from './report.js';
import { type Source, sourceOf } from './source.js';
import { substituteEnvs } from './substitute.js';
import { describe, keySpot, type MapNode, placeBelow, type TreeNode, valueAt } from './tree.js';
import type { Violation } from './violation.js';

export type { KubernetesConfig } from './fields/config.js';
export type { Resources } from './fields/resources.js';
export type { ManagedSecret } from './fields/secrets.js';
export type { VolumeMount } from './fields/volumes.js';
export type { Overrides } from './overrides.js';
export type { Json, JsonObject } from './plain.js';
export type { RegistryLogin } from './registry.js';
export { formatViolation, type Violation } from './violation.js';

/** What a task asks for, checked and in canonical form. Holds no secret. */
export interface TaskSpec {
  /** Display name; undefined means `task-{id}`. */
  name: string | undefined;
  /** 1 to 1000. */
  numNodes: number;
  /** Absolute path in the container; undefined means the image's own. */
  workdir: string | undefined;
  /** What each node gets: the first of the alternatives where there are some. */
  resources: Resources;
  /** All that may be had instead of each other, the best first; empty where there is no choice. */
  alternatives: readonly Resources[];
  /** Environment of setup and run. */
  envs: Readonly<Record<string, string>>;
  /** Names of the variables of setup and run whose values are secret. */
  secretNames: readonly string[];
  /** Secrets that the server has. */
  managedSecrets: readonly ManagedSecret[];
  /** Whether the image is pulled with a login that the task brings along. */
  hasRegistryLogin: boolean;
  /** Volumes by mount path; no path twice. */
  volumes: readonly VolumeMount[];
  /** What is to be different in Kubernetes. */
  kubernetes: KubernetesConfig;
  /** How long it may run, from the start of its first node; undefined means as long as it takes. */
  timeoutSeconds: number | undefined;
  /** The failure of one node ends the others. */
  failFast: boolean;
  /** Shell script before run; undefined means none. */
  setup: string | undefined;
  /** Shell script; never blank. */
  run: string;
}

/** What of a task must not be seen by anybody else: kept apart from the rest, and written into Secret objects only. */
export interface TaskSecrets {
  /** Variables of setup and run. */
  readonly values: Readonly<Record<string, string>>;
  readonly registry: RegistryLogin | undefined;
}

/** What was read last: who submits many tasks sends few different ones, or one text with different overrides. */
export interface RecentTasks {
  readonly trees: RecentTexts<TreeNode>;
  /** By text and manner of reading. */
  readonly results: RecentTexts<ParseResult>;
}

/** How a task is read. */
export interface ParseOptions {
  readonly overrides?: Overrides | undefined;
  /** What would be a warning is an error. */
  readonly strict?: boolean | undefined;
  /** What is only for another cloud is ignored with a warning, instead of being refused. */
  readonly lenient?: boolean | undefined;
  /** What the same caller had read before. */
  readonly recent?: RecentTasks | undefined;
}

/** What a field is called in messages, and where it stands; for what is found out about a task after it was read. */
export type Locate = (field: string) => Pick<Violation, 'field' | 'line' | 'column'>;

/** A task, or everything that is wrong with it, and what of it has not the effect that the user may expect. */
export type ParseResult = (
  | { ok: true; spec: TaskSpec; secrets: TaskSecrets; locate: Locate }
  | { ok: false; violations: Violation[] }
) & { warnings: Violation[] };

/** The task that the text of a task.yaml describes. Never throws, and bounded in time and memory whatever the text is. */
export function parseTaskYaml(text: string, options: ParseOptions = {}): ParseResult {
  const { recent, ...how } = options;
  const normalized = text.replace(/\r\n?/g, '\n');
  const key = keyOf('yaml', normalized, how);
  const known = recent?.results.get(key);
  if (known !== undefined) return known;
  const source = sourceOf(normalized);
  const report = reportOn(source, how);
  let tree = recent?.trees.get(normalized);
  if (tree === undefined) {
    tree = parseText(normalized, report);
    if (tree === undefined) return refusedBy(report);
    if (report.isEmpty && !source.hasSecrets) recent?.trees.add(normalized, tree);
  }
  const result = readTask(tree, report, how);
  if (!source.hasSecrets) keep(recent, key, result);
  return result;
}

/** The task that a plain value with the keys of task.yaml describes, as it comes from JSON; places are unknown. */
export function checkTask(value: unknown, options: ParseOptions = {}): ParseResult {
  const { recent, ...how } = options;
  const text = recent && jsonOf(value);
  const key = text === undefined ? undefined : keyOf('json', text, how);
  const known = key === undefined ? undefined : recent?.results.get(key);
  if (known !== undefined) return known;
  const report = reportOn(sourceOf(''), how);
  const read = fromValue(value);
  if (!read.ok) {
    report.refuse({ path: read.path, at: undefined }, read.message, 'send what a task.yaml would say');
    return refusedBy(report);
  }
  const result = readTask(read.tree, report, how);
  if (key !== undefined) keep(recent, key, result);
  return result;
}

/** What tells apart what was read: what it was told as, how it was read, and the text. */
function keyOf(form: 'yaml' | 'json', text: string, { overrides, strict, lenient }: ParseOptions): string {
  return `${form} ${JSON.stringify([overrides, strict, lenient])}\n${text}`;
}

/** Keeps what was read, if nothing is wrong and nothing secret in it. */
function keep(recent: RecentTasks | undefined, key: string, result: ParseResult): void {
  if (!result.ok || result.secrets.registry || Object.keys(result.secrets.values).length > 0) return;
  recent?.results.add(key, result);
}

/** The JSON of a value; undefined for one that is nested too deep, or may have numbers that are none in JSON. */
function jsonOf(value: unknown): string | undefined {
  try {
    const text = JSON.stringify(value);
    // Those become null.
    return /[:[,]null[,}\]]/.test(text) ? undefined : text;
  } catch {
    // It is nested too deep, which is refused later.
    return undefined;
  }
}

function reportOn(source: Source, { overrides = {}, lenient = false }: ParseOptions): Report {
  return createReport(source, { nameOf: (field) => nameOfField(field, overrides), lenient });
}

function refusedBy(report: Report): ParseResult {
  return { ok: false, violations: report.violations(), warnings: report.warnings() };
}

function readTask(tree: TreeNode, report: Report, { overrides = {}, strict = false }: ParseOptions): ParseResult {
  if (tree.kind !== 'map' && tree.kind !== 'null') {
    report.refuse({ path: '', at: tree.at }, `a task is a mapping of fields, not ${describe(tree)}`, RUN_FIX);
    return refusedBy(report);
  }
  const map: MapNode = tree.kind === 'map' ? tree : { kind: 'map', entries: [], at: tree.at };
  const task = substituteEnvs(applyOverrides(map, overrides), report);
  const fields: TaskDraft = {};
  readFields(TASK_FIELDS, TASK_HINTS, valueAt('', task), report, fields);
  const refusedRun = report.violations().some((violation) => violation.field === 'run');
  if (fields.run === undefined && !refusedRun) report.refuse({ path: 'run', at: task.at }, 'is missing', RUN_FIX);
  const { envs = {}, secrets = { values: {}, managed: [] } } = fields;
  const registry = readRegistryLogin(task, envs, secrets.values, report);
  const values = withoutLogin(secrets.values);
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(envs, name))
      report.warn(keySpot(task, 'envs', name), 'is overwritten by the secret of that name');
  }
  const warnings = report.warnings();
  const violations = [...report.violations(), ...(strict ? warnings : [])];
  if (violations.length > 0 || fields.run === undefined) {
    return { ok: false, violations, warnings: strict ? [] : warnings };
  }
  const spec = specOf({ ...fields, run: fields.run }, values, registry);
  const locate: Locate = (field) => ({ field: nameOfField(field, overrides), ...placeBelow(task, field) });
  return { ok: true, spec, secrets: { values, registry }, locate, warnings };
}

function specOf(
  fields: TaskDraft & { run: string },
  values: TaskSecrets['values'],
  registry: RegistryLogin | undefined,
): TaskSpec {
  const choices = (fields.resources ?? NO_RESOURCES).map((resources) =>
    registry === undefined || resources.image === undefined
      ? resources
      : { ...resources, image: withRegistry(resources.image, registry.server) },
  );
  const envs = Object.entries(withoutLogin(fields.envs ?? {})).filter(([name]) => !Object.hasOwn(values, name));
  return {
    name: fields.name,
    numNodes: fields.numNodes ?? 1,
    workdir: fields.workdir,
    resources: choices[0] as Resources,
    alternatives: choices.length > 1 ? choices : [],
    envs: Object.fromEntries(envs),
    secretNames: Object.keys(values),
    managedSecrets: [...(fields.secrets?.managed ?? []), ...(fields.managedSecrets ?? [])],
    hasRegistryLogin: registry !== undefined,
    volumes: fields.volumes ?? [],
    kubernetes: fields.config ?? NO_CONFIG,
    timeoutSeconds: fields.timeoutSeconds,
    failFast: fields.failFast ?? true,
    setup: fields.setup,
    run: fields.run,
  };
}
