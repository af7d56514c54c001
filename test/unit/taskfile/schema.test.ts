import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import type { FieldTable } from '../../../taskfile/fields/field.js';
import { CONFIG_FIELDS, KUBERNETES_CONFIG_FIELDS } from '../../../taskfile/fields/config.js';
import { RECOVERY_FIELDS } from '../../../taskfile/fields/recovery.js';
import { ALL_RESOURCE_FIELDS } from '../../../taskfile/fields/resources.js';
import { TASK_FIELDS } from '../../../taskfile/fields/task.js';
import { MOUNT_FIELDS, STORAGE_FIELDS } from '../../../taskfile/fields/volumes.js';
import { parseText } from '../../../taskfile/parse.js';
import { plainValue } from '../../../taskfile/plain.js';
import { createReport } from '../../../taskfile/report.js';
import { taskSchema } from '../../../taskfile/schema.js';
import { sourceOf } from '../../../taskfile/source.js';
import { checkTask } from '../../../taskfile/task-spec.js';
import { linesOf } from './outcome.js';
import { ROWS, titleOf } from './rows.js';

const takes = new Ajv({ allErrors: true, strictTypes: false }).compile(taskSchema());
const why = (): string => JSON.stringify(takes.errors);

/** What an editor sees of a text; undefined where YAML itself is broken. */
function valueOf(yaml: string): unknown {
  const report = createReport(sourceOf(yaml));
  const tree = parseText(yaml, report);
  return tree === undefined || report.violations().length > 0 ? undefined : plainValue(tree);
}

describe('taskSchema', () => {
  it('is what stands in docs/', () => {
    const file = new URL('../../../docs/task.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal(taskSchema());
  });

  for (const [text, outcome] of ROWS) {
    const value = valueOf(`run: a\n${text}\n`);
    if (value === undefined) continue;
    const good = !('refused' in outcome && outcome.editor);
    it(`${good ? 'takes' : 'refuses'} ${titleOf(text)}`, () => {
      expect(takes(value), why()).to.equal(good);
    });
  }

  for (const text of ['{}', '{name: a}', '{run: 5}', '{run: ""}', '{run: a, 5: b}', '[]', 'a']) {
    it(`refuses ${text}, as the parser does`, () => {
      expect(takes(valueOf(text))).to.equal(false);
      expect(checkTask(valueOf(text)).ok).to.equal(false);
    });
  }

  const tables: [table: FieldTable<never>, at: (field: object) => object][] = [
    [TASK_FIELDS, (field) => field],
    [ALL_RESOURCE_FIELDS, (resources) => ({ resources })],
    [RECOVERY_FIELDS, (recovery) => ({ resources: { job_recovery: recovery } })],
    [CONFIG_FIELDS, (config) => ({ config })],
    [KUBERNETES_CONFIG_FIELDS, (kubernetes) => ({ config: { kubernetes } })],
    [MOUNT_FIELDS, (mount) => ({ volumes: { '/data': { size: 1, ...mount } } })],
    [STORAGE_FIELDS, (config) => ({ volumes: { '/data': { size: 1, config } } })],
  ];

  it('takes whatever the parser takes', () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 1.5, '', '1', 'x', '1h', 'k8s', 'none', 'k8s-pvc', [], {}),
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(fc.constantFrom('a', 'A', '/a', 'T4', 'kubernetes'), fc.constantFrom(null, 1, 'a', true, {})),
      fc.array(fc.constantFrom<unknown>('T4:1', 'A', 'secrets:A', 33, null, { A: null }, { cpus: 1 })),
    );
    let taken = 0;
    for (const [table, at] of tables) {
      for (const name of Object.keys(table)) {
        fc.assert(
          fc.property(value, (field) => {
            const task = { run: 'a', ...at({ [name]: field }) };
            const result = checkTask(task);
            if (!result.ok) return;
            taken += 1;
            expect(takes(task), `${JSON.stringify(task)} ${why()}`).to.equal(true);
          }),
          { numRuns: 60, seed: 11 },
        );
      }
    }
    expect(taken, linesOf(checkTask({})).join()).to.be.greaterThan(1000);
  });
});
