import { expect } from 'chai';
import { problemsOf, specOf, warningsOf } from '../outcome.js';

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
      'resources.infra: "aws/us-east-1" is not Kubernetes, and tasks run on Kubernetes only; leave it out, or write k8s; --lenient ignores it',
    ],
    ['infra: "k8s/a b"', 'resources.infra: "a b" is not the name of a context; write k8s, or k8s/NAME'],
    [
      'cloud: gcp',
      'resources.cloud: "gcp" is not Kubernetes, and tasks run on Kubernetes only; leave it out, or write k8s; --lenient ignores it',
    ],
    ['region: "a b"', 'resources.region: "a b" is not the name of a context; write k8s, or k8s/NAME'],
  ];
  for (const [text, problem] of bad) {
    it(`refuse ${text}`, () => {
      expect(problemsOf(yaml(text)).map((line) => line.replace(/^line \d+, column \d+: /, ''))).to.deep.equal([
        problem,
      ]);
    });
  }

  for (const [text, context] of [
    ['infra: k8s', undefined],
    ['infra: "k8s/*"', undefined],
    ['infra: k8s/mine', 'mine'],
    ['infra: kubernetes/arn:aws:eks:us-east-1:1:cluster/mine', 'arn:aws:eks:us-east-1:1:cluster/mine'],
    ['cloud: kubernetes, region: mine', 'mine'],
    ['cloud: kubernetes, region: "*"', undefined],
    ['region: mine, any_of: [{cpus: 2}]', 'mine'],
    ['region: mine, any_of: [{cpus: 2, region: other}]', 'other'],
  ] as const) {
    it(`take ${text} as the cluster ${context}`, () => {
      expect(specOf(yaml(text)).resources.context).to.equal(context);
    });
  }
});
