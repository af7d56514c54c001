import { expect } from 'chai';
import { parseTaskYaml } from '../../../taskfile/task-spec.js';
import { problemsOf, specOf, warningsOf } from './outcome.js';
import { ROWS, titleOf } from './rows.js';

describe('every form of every field', () => {
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
        if (!text.includes('DOCKER')) expect(problems[0]).to.match(/^line \d+, column \d+: /);
      });
    }
  }
});
