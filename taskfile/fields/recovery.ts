import type { Report } from '../report.js';
import { children, describe, type TreeNode, type Value } from '../tree.js';
import { type FieldTable, readFields, supported } from './field.js';

/** When a task that failed is to be run again. */
export interface Recovery {
  /** How often at most, after failures of the program itself. */
  maxRestartsOnErrors: number;
  /** Exit codes after which it is run again whatever the number of restarts. */
  recoverOnExitCodes: readonly number[];
}

const MAX_RESTARTS = 1000n;
const STRATEGIES = new Set(['none', 'failover', 'eager_next_region']);

interface RecoveryDraft {
  maxRestartsOnErrors?: number | undefined;
  recoverOnExitCodes?: readonly number[] | undefined;
}

/** What a task may say under `job_recovery`, field by field. */
export const RECOVERY_FIELDS: FieldTable<RecoveryDraft> = {
  strategy: supported(
    'Ignored: there are no other clusters to fail over to.',
    ['none', 'FAILOVER'],
    { type: 'string' },
    readStrategy,
  ),
  max_restarts_on_errors: supported(
    'How often the task is run again after its program failed.',
    ['0', '3'],
    { type: 'integer', minimum: 0, maximum: 1000 },
    (value, report, draft) => {
      const { node } = value;
      if (node.kind === 'int' && node.value >= 0n && node.value <= MAX_RESTARTS) {
        draft.maxRestartsOnErrors = Number(node.value);
      } else {
        report.refuse(value, `must be an integer from 0 to ${MAX_RESTARTS}, not ${describe(node)}`, 'write 0 for none');
      }
    },
  ),
  recover_on_exit_codes: supported(
    'Exit codes after which the task is run again.',
    ['33', '[33, 34]'],
    {
      oneOf: [
        { type: 'integer', minimum: 0, maximum: 255 },
        { type: 'array', items: { type: 'integer', minimum: 0, maximum: 255 } },
      ],
    },
    (value, report, draft) => {
      const { node, path } = value;
      const items: readonly TreeNode[] = node.kind === 'list' ? node.items : [node];
      const codes: number[] = [];
      for (const item of items) {
        if (item.kind === 'int' && item.value >= 0n && item.value <= 255n) codes.push(Number(item.value));
        else
          report.refuse({ path, at: item.at }, `${describe(item)} is not an exit code`, 'write numbers from 0 to 255');
      }
      draft.recoverOnExitCodes = [...new Set(codes)].toSorted((a, b) => a - b);
    },
  ),
};

/** `job_recovery`: a strategy, which has no effect in a single cluster, or a mapping that says when to run again. */
export function readRecovery(value: Value, report: Report): Recovery | undefined {
  const { node, path } = value;
  if (node.kind === 'string') return readStrategy(value, report);
  if (node.kind !== 'map') {
    return report.refuse(value, `must be a strategy or a mapping, not ${describe(node)}`, 'leave it out');
  }
  const draft: RecoveryDraft = {};
  readFields(RECOVERY_FIELDS, {}, value, report, draft);
  const { maxRestartsOnErrors = 0, recoverOnExitCodes = [] } = draft;
  if (children(node, path).length === 0 || (maxRestartsOnErrors === 0 && recoverOnExitCodes.length === 0)) {
    return undefined;
  }
  return { maxRestartsOnErrors, recoverOnExitCodes };
}

function readStrategy(value: Value, report: Report): undefined {
  const { node } = value;
  if (node.kind !== 'string' || !STRATEGIES.has(node.value.toLowerCase())) {
    return report.refuse(value, `${describe(node)} is not a strategy`, 'leave it out, or write none');
  }
  if (node.value.toLowerCase() !== 'none') {
    report.warn(value, 'ignored: there are no other clusters to fail over to');
  }
  return undefined;
}
