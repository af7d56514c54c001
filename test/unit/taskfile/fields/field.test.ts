import { expect } from 'chai';
import { CONFIG_FIELDS } from '../../../../taskfile/fields/config.js';
import type { FieldTable } from '../../../../taskfile/fields/field.js';
import { RESOURCE_FIELDS } from '../../../../taskfile/fields/resources.js';
import { TASK_FIELDS } from '../../../../taskfile/fields/task.js';
import { problemsOf } from '../outcome.js';

interface Table {
  fields: FieldTable<never>;
  yaml: (name: string, form: string) => string;
}

const TABLES: Table[] = [
  { fields: TASK_FIELDS, yaml: (name, form) => `${name === 'run' ? '' : 'run: a\n'}${name}: ${form}` },
  { fields: RESOURCE_FIELDS, yaml: (name, form) => `run: a\nresources:\n  ${name}: ${form}` },
  { fields: CONFIG_FIELDS, yaml: (name, form) => `run: a\nconfig:\n  ${name}: ${form}` },
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
