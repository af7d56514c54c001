import { expect } from 'chai';
import { problemsOf, warningsOf } from '../outcome.js';

const yaml = (text: string): string => `run: a\nresources: {${text}}`;

describe('readInfra and readCloud', () => {
  for (const text of [
    'infra: k8s',
    'infra: kubernetes',
    'infra: Kubernetes',
    'infra: "*"',
    'infra: "k8s/*"',
    'infra: ""',
    'cloud: kubernetes',
  ]) {
    it(`take ${text} without a word`, () => {
      expect(warningsOf(yaml(text))).to.deep.equal([]);
    });
  }

  const bad: [string, string][] = [
    [
      'infra: aws/us-east-1',
      'resources.infra: "aws/us-east-1" is not Kubernetes, and tasks run on Kubernetes only; leave it out, or write k8s',
    ],
    [
      'infra: k8s/other',
      'resources.infra: choosing a cluster is not supported yet; write k8s: the server has one cluster',
    ],
    [
      'cloud: gcp',
      'resources.cloud: "gcp" is not Kubernetes, and tasks run on Kubernetes only; leave it out, or write k8s',
    ],
    [
      'region: us-east-1',
      'resources.region: choosing a cluster is not supported yet; leave it out: the server has one cluster',
    ],
  ];
  for (const [text, problem] of bad) {
    it(`refuse ${text}`, () => {
      expect(problemsOf(yaml(text)).map((line) => line.replace(/^line \d+, column \d+: /, ''))).to.deep.equal([
        problem,
      ]);
    });
  }
});

describe('readJobRecovery', () => {
  for (const text of ['none', '{max_restarts_on_errors: 0}', '{strategy: , recover_on_exit_codes: }']) {
    it(`takes ${text} without a word`, () => {
      expect(warningsOf(yaml(`job_recovery: ${text}`))).to.deep.equal([]);
    });
  }

  for (const text of ['FAILOVER', '{strategy: EAGER_NEXT_REGION}']) {
    it(`warns that ${text} has no effect`, () => {
      expect(warningsOf(yaml(`job_recovery: ${text}`))).to.have.length(1);
    });
  }

  for (const text of [
    '{max_restarts_on_errors: 3}',
    '{recover_on_exit_codes: [1]}',
    '{max_restarts: 3}',
    '[FAILOVER]',
  ]) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(yaml(`job_recovery: ${text}`))).to.have.length(1);
    });
  }
});
