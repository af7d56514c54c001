import { expect } from 'chai';
import { problemsOf, warningsOf } from '../outcome.js';

describe('readConfig', () => {
  it('takes an empty one', () => {
    expect(warningsOf('run: a\nconfig: {kubernetes: {}}')).to.deep.equal([]);
  });

  it('ignores what is for others', () => {
    expect(warningsOf('run: a\nconfig: {aws: {vpc_name: x}, kubernetes: {quota: 1}}')).to.have.length(2);
  });

  const bad: [string, string][] = [
    ['{kubernetes: {pod_config: {}}}', 'config.kubernetes.pod_config: is not supported yet; leave it out'],
    ['{kubernetes: {podconfig: {}}}', 'config.kubernetes.podconfig: unknown field; did you mean pod_config?'],
    ['{hooks: []}', 'config.hooks: hooks are not supported yet; leave it out'],
    ['{kubernets: {}}', 'config.kubernets: unknown field; did you mean kubernetes?'],
    ['x', 'config: must be a mapping of fields, not "x"; write `field: value` lines'],
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${text}`, () => {
      expect(
        problemsOf(`run: a\nconfig: ${text}`).map((line) => line.replace(/^line \d+, column \d+: /, '')),
      ).to.deep.equal([problem]);
    });
  }
});
