import { expect } from 'chai';
import { CONFIG_FIELDS, KUBERNETES_CONFIG_FIELDS } from '../../../../taskfile/fields/config.js';
import type { FieldTable } from '../../../../taskfile/fields/field.js';
import { RECOVERY_FIELDS } from '../../../../taskfile/fields/recovery.js';
import { ALL_RESOURCE_FIELDS } from '../../../../taskfile/fields/resources.js';
import { TASK_FIELDS } from '../../../../taskfile/fields/task.js';
import { MOUNT_FIELDS } from '../../../../taskfile/fields/volumes.js';
import { problemsOf } from '../outcome.js';

interface Table {
  fields: FieldTable<never>;
  yaml: (name: string, form: string) => string;
}

const TABLES: Table[] = [
  { fields: TASK_FIELDS, yaml: (name, form) => `${name === 'run' ? '' : 'run: a\n'}${name}: ${form}` },
  { fields: ALL_RESOURCE_FIELDS, yaml: (name, form) => `run: a\nresources:\n  ${name}: ${form}` },
  { fields: CONFIG_FIELDS, yaml: (name, form) => `run: a\nconfig:\n  ${name}: ${form}` },
  { fields: KUBERNETES_CONFIG_FIELDS, yaml: (name, form) => `run: a\nconfig:\n  kubernetes:\n    ${name}: ${form}` },
  { fields: RECOVERY_FIELDS, yaml: (name, form) => `run: a\nresources:\n  job_recovery:\n    ${name}: ${form}` },
  {
    fields: MOUNT_FIELDS,
    yaml: (name, form) => {
      const named = name === 'name' ? '' : `    ${name === 'sub_path' ? 'name: x' : 'size: 1'}\n`;
      return `run: a\nvolumes:\n  /data:\n${name === 'size' ? '' : named}    ${name}: ${form}`;
    },
  },
];

describe('the field tables', () => {
  for (const { fields, yaml } of TABLES) {
    for (const [name, field] of Object.entries(fields)) {
      if (field.verdict === 'supported') {
        it(`take every form of ${name} that they name`, () => {
          expect(field.forms).not.to.deep.equal([]);
          for (const form of field.forms) expect(problemsOf(yaml(name, form)), form).to.deep.equal([]);
        });
      } else {
        it(`give one short reason for ${name}`, () => {
          expect(field.reason).to.match(/^[a-zA-Z].{8,}[^.]$/);
        });
      }
    }
  }
});
