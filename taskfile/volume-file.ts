import { type FieldTable, ignored, readFields, supported } from './fields/field.js';
import { PAIRS_SCHEMA, readLabels } from './fields/labels.js';
import { readInfra } from './fields/placement.js';
import {
  type MountDraft,
  NEW_VOLUME_NAME,
  NEW_VOLUME_NAME_RULE,
  readSize,
  readType,
  readVolumeName,
  STORAGE_FIELDS,
} from './fields/volumes.js';
import { fromValue } from './from-value.js';
import { parseText } from './parse.js';
import { createReport, type Report } from './report.js';
import { sourceOf } from './source.js';
import { describe, quote, type TreeNode, valueAt } from './tree.js';
import type { Violation } from './violation.js';

/** What the file of a volume asks for, checked and in canonical form. */
export interface VolumeFile {
  readonly name: string;
  /** A canonical Kubernetes quantity; undefined only for one that has to be there. */
  readonly size: string | undefined;
  /** It has to be there: nothing is created. */
  readonly useExisting: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly storageClass: string | undefined;
  readonly accessMode: string | undefined;
  /** The namespace and the cluster that have to be the server's; undefined means any. */
  readonly namespace: string | undefined;
  readonly cluster: string | undefined;
}

/** A volume, or everything that is wrong with its file, and what of it has no effect. */
export type VolumeResult = ({ ok: true; volume: VolumeFile } | { ok: false; violations: Violation[] }) & {
  warnings: Violation[];
};

type VolumeDraft = MountDraft & { typed?: boolean; useExisting?: boolean; cluster?: string | undefined };

const STORAGE: FieldTable<MountDraft> = {
  ...STORAGE_FIELDS,
  cleanup_on_deletion: ignored('what is stored on a volume goes when the volume is deleted'),
};

const VOLUME_FIELDS: FieldTable<VolumeDraft> = {
  name: supported('What tasks call it.', ['training-data'], { type: 'string' }, (value, report, draft) => {
    draft.name = readVolumeName(value, report);
  }),
  type: supported('Only k8s-pvc.', ['k8s-pvc'], { enum: ['k8s-pvc'] }, (value, report, draft) => {
    draft.typed = true;
    readType(value, report);
  }),
  infra: supported('Kubernetes.', ['k8s'], { type: 'string' }, (value, report, draft) => {
    draft.cluster = readInfra(value, report);
  }),
  size: supported('Its size.', ['100Gi', '100'], { type: ['string', 'integer'] }, (value, report, draft) => {
    draft.created = true;
    draft.size = readSize(value, report);
  }),
  use_existing: supported('The claim is there.', ['true'], { type: 'boolean' }, (value, report, draft) => {
    const { node } = value;
    if (node.kind === 'bool') draft.useExisting = node.value;
    else report.refuse(value, `must be true or false, not ${describe(node)}`, 'write true for a claim that is there');
  }),
  labels: supported('Labels of the claim.', ['{team: research}'], PAIRS_SCHEMA, (value, report, draft) => {
    draft.labels = readLabels(value, report);
  }),
  config: supported('More about it.', ['{access_mode: ReadWriteMany}'], { type: 'object' }, (value, report, draft) => {
    readFields(STORAGE, {}, value, report, draft);
  }),
};

const FORM = 'write name, type and size of a volume';

/** The volume that a text describes, in the form that `sky volumes apply` takes. Never throws. */
export function parseVolumeYaml(text: string): VolumeResult {
  const normalized = text.replace(/\r\n?/g, '\n');
  const report = createReport(sourceOf(normalized));
  const tree = parseText(normalized, report);
  const volume = tree && readVolume(tree, report);
  const violations = report.violations();
  const warnings = report.warnings();
  return volume === undefined || violations.length > 0
    ? { ok: false, violations, warnings }
    : { ok: true, volume, warnings };
}

/** What is wrong with the labels of a volume; fields are their names. */
export function labelViolations(labels: Readonly<Record<string, string>>): readonly Violation[] {
  const report = createReport(sourceOf(''));
  const result = fromValue(labels);
  if (result.ok) readLabels(valueAt('', result.tree), report);
  return report.violations();
}

function readVolume(tree: TreeNode, report: Report): VolumeFile | undefined {
  if (tree.kind !== 'map') {
    return report.refuse({ path: '', at: tree.at }, `a volume is a mapping of fields, not ${describe(tree)}`, FORM);
  }
  const root = valueAt('', tree);
  const draft: VolumeDraft = {};
  readFields(VOLUME_FIELDS, { size_gb: 'did you mean size?' }, root, report, draft);
  const { name, typed, useExisting = false, created, labels = {} } = draft;
  const has = (key: string): boolean => tree.entries.some((entry) => entry.key === key);
  const missing = (path: string, fix: string): void => {
    if (!has(path)) report.refuse({ path, at: tree.at }, 'is missing', fix);
  };
  missing('name', 'write what tasks are to call it');
  if (!typed) missing('type', 'write type: k8s-pvc');
  if (!useExisting && !created) missing('size', 'write a size such as 100Gi, or use_existing: true');
  if (name !== undefined && !useExisting && !NEW_VOLUME_NAME.test(name)) {
    const at = tree.entries.find(({ key }) => key === 'name')?.value.at;
    report.refuse({ path: 'name', at }, `${quote(name)} ${NEW_VOLUME_NAME_RULE}`, 'write a name such as training-data');
  }
  if (name === undefined) return undefined;
  const { size, storageClass, accessMode, namespace, cluster } = draft;
  return { name, size, useExisting, labels, storageClass, accessMode, namespace, cluster };
}
