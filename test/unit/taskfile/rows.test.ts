import { expect } from 'chai';
import { CONFIG_FIELDS, KUBERNETES_CONFIG_FIELDS } from '../../../taskfile/fields/config.js';
import { RECOVERY_FIELDS } from '../../../taskfile/fields/recovery.js';
import { ALL_RESOURCE_FIELDS } from '../../../taskfile/fields/resources.js';
import { TASK_FIELDS } from '../../../taskfile/fields/task.js';
import { MOUNT_FIELDS, STORAGE_FIELDS } from '../../../taskfile/fields/volumes.js';
import { parseTaskYaml } from '../../../taskfile/task-spec.js';
import { problemsOf, specOf, warningsOf } from './outcome.js';
import { ROWS, titleOf } from './rows.js';

const TABLES = {
  '': TASK_FIELDS,
  resources: ALL_RESOURCE_FIELDS,
  job_recovery: RECOVERY_FIELDS,
  config: CONFIG_FIELDS,
  kubernetes: KUBERNETES_CONFIG_FIELDS,
  volumes: { ...MOUNT_FIELDS, ...STORAGE_FIELDS },
};

describe('every form of every field', () => {
  for (const [place, table] of Object.entries(TABLES)) {
    it(`has a row for each field of ${place || 'a task'}`, () => {
      const texts = ROWS.map(([text]) => text).filter((text) => text.includes(place));
      const names = Object.keys(table).filter((name) => !['run', 'timeout', 'fail_fast'].includes(name));
      expect(names.filter((name) => !texts.some((text) => new RegExp(`\\b${name}: ?`).test(text)))).to.deep.equal([]);
    });
  }

  for (const [text, outcome] of ROWS) {
    const yaml = `run: a\n${text}\n`;
    if ('works' in outcome) {
      it(`works: ${titleOf(text)}, ${outcome.works}`, () => {
        expect(warningsOf(yaml)).to.deep.equal([]);
        const value = outcome.works
          .split('.')
          .reduce<unknown>((inside, key) => (inside as Record<string, unknown> | undefined)?.[key], specOf(yaml));
        expect(value).to.deep.equal(outcome.value);
      });
    } else if ('warns' in outcome) {
      it(`warns, and refuses when it is strict: ${titleOf(text)}`, () => {
        expect(warningsOf(yaml)).to.have.length(1);
        expect(warningsOf(yaml)[0])
          .to.match(outcome.warns)
          .and.to.match(/^line \d+, column \d+: /);
        expect(parseTaskYaml(yaml, { strict: true }).ok).to.equal(false);
      });
    } else {
      it(`refuses, with its place: ${titleOf(text)}`, () => {
        const problems = problemsOf(yaml);
        expect(problems.filter((problem) => outcome.refused.test(problem))).to.have.length(1);
        expect(problems, problems.join('\n')).to.have.length(1);
        expect(problems[0]).to.match(/^line \d+, column \d+: .*; /);
      });
    }
  }
});
