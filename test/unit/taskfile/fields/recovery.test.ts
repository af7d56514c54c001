import { expect } from 'chai';
import { problemsOf, specOf, warningsOf } from '../outcome.js';

const yaml = (text: string): string => `run: a\nresources: {job_recovery: ${text}}`;

describe('readRecovery', () => {
  const good: [string, object | undefined][] = [
    ['none', undefined],
    ['{max_restarts_on_errors: 0}', undefined],
    ['{strategy: , recover_on_exit_codes: }', undefined],
    ['{max_restarts_on_errors: 3}', { maxRestartsOnErrors: 3, recoverOnExitCodes: [] }],
    ['{recover_on_exit_codes: 33}', { maxRestartsOnErrors: 0, recoverOnExitCodes: [33] }],
    ['{recover_on_exit_codes: [255, 0, 255]}', { maxRestartsOnErrors: 0, recoverOnExitCodes: [0, 255] }],
  ];
  for (const [text, recovery] of good) {
    it(`takes ${text} without a word`, () => {
      expect(warningsOf(yaml(text))).to.deep.equal([]);
      expect(specOf(yaml(text)).resources.recovery).to.deep.equal(recovery);
    });
  }

  for (const text of ['FAILOVER', 'failover', 'EAGER_NEXT_REGION', '{strategy: EAGER_NEXT_REGION}']) {
    it(`warns that ${text} has no effect`, () => {
      expect(warningsOf(yaml(text))).to.have.length(1);
    });
  }

  for (const text of [
    'ALWAYS',
    '{strategy: 5}',
    '{max_restarts_on_errors: -1}',
    '{max_restarts_on_errors: many}',
    '{recover_on_exit_codes: 256}',
    '{recover_on_exit_codes: [1, x]}',
    '{max_restarts: 3}',
    '[FAILOVER]',
    '5',
  ]) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(yaml(text))).to.have.length(1);
    });
  }
});
