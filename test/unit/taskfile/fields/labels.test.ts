import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const yaml = (text: string): string => `run: a\nresources: {labels: ${text}}`;

describe('readLabels', () => {
  it('takes what Kubernetes takes', () => {
    const labels = { team: 'a', 'example.com/p_1': 'X.y-z', empty: '', 'kueue.x-k8s.io/queue-name': 'q' };
    expect(specOf(yaml(JSON.stringify(labels))).resources.labels).to.deep.equal(labels);
  });

  const bad: [string, string][] = [
    ['{"a b": c}', 'resources.labels."a b": is not a name that Kubernetes takes; write name or example.com/name'],
    ['{Ex.com/a: c}', 'resources.labels.Ex.com/a: is not a name that Kubernetes takes; write name or example.com/name'],
    ['{task-id: c}', 'resources.labels.task-id: is set by the system, which finds tasks by it; choose another name'],
    [
      '{k8s-cli/x: c}',
      'resources.labels.k8s-cli/x: is set by the system, which finds tasks by it; choose another name',
    ],
    [
      '{a: "b c"}',
      'resources.labels.a: "b c" is not the value of a Kubernetes label; use at most 63 letters, digits, "-", "_" and "."',
    ],
    [
      `{a: ${'x'.repeat(64)}}`,
      `resources.labels.a: "${'x'.repeat(40)}…" is not the value of a Kubernetes label; use at most 63 letters, digits, "-", "_" and "."`,
    ],
    ['{a: 5}', 'resources.labels.a: must be text, not 5; put it in quotes'],
    ['[a]', 'resources.labels: must be a mapping of names to texts, not a list; write `name: text` lines'],
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${text.slice(0, 20)}`, () => {
      expect(problemsOf(yaml(text)).map((line) => line.replace(/^line \d+, column \d+: /, ''))).to.deep.equal([
        problem,
      ]);
    });
  }
});
