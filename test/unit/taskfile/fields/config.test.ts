import { expect } from 'chai';
import { problemsOf, specOf, warningsOf } from '../outcome.js';

describe('readConfig', () => {
  it('takes an empty one', () => {
    expect(warningsOf('run: a\nconfig: {kubernetes: {}}')).to.deep.equal([]);
  });

  it('ignores what is for others', () => {
    expect(warningsOf('run: a\nconfig: {aws: {vpc_name: x}, kubernetes: {quota: 1}}')).to.have.length(2);
  });

  const good: [string, object][] = [
    [
      'custom_metadata: {labels: {a: b}, annotations: {c/d: "e f"}}',
      { labels: { a: 'b' }, annotations: { 'c/d': 'e f' } },
    ],
    [
      'pod_config: {metadata: {labels: {a: b}}, spec: {x: [1, {y: true}]}}',
      { labels: { a: 'b' }, podConfig: { x: [1, { y: true }] } },
    ],
    ['provision_timeout: 600', { startDeadlineSeconds: 600 }],
    ['provision_timeout: -1', { startDeadlineSeconds: 'any' }],
    ['kueue: {local_queue_name: q}', { queue: 'q' }],
    ['remote_identity: robot', { serviceAccount: 'robot' }],
    ['set_pod_resource_limits: true', { limitFactor: 1 }],
    ['set_pod_resource_limits: false', { limitFactor: 0 }],
    ['set_pod_resource_limits: 1.5', { limitFactor: 1.5 }],
  ];
  for (const [text, expected] of good) {
    it(`takes kubernetes.${text}`, () => {
      const yaml = `run: a\nconfig: {kubernetes: {${text}}}`;
      expect(warningsOf(yaml)).to.deep.equal([]);
      expect(specOf(yaml).kubernetes).to.deep.include(expected);
    });
  }

  it("takes no notice of SkyPilot's own identities", () => {
    expect(warningsOf('run: a\nconfig: {kubernetes: {remote_identity: SERVICE_ACCOUNT}}')).to.have.length(1);
  });

  const bad: [string, string][] = [
    [
      '{kubernetes: {pod_config: {containers: []}}}',
      'config.kubernetes.pod_config.containers: unknown field; move it under spec:',
    ],
    [
      '{kubernetes: {pod_config: {spec: 5}}}',
      "config.kubernetes.pod_config.spec: must be a mapping, not 5; write fields of Kubernetes' PodSpec",
    ],
    [
      '{kubernetes: {provision_timeout: 0}}',
      'config.kubernetes.provision_timeout: must be seconds from 1 to 2592000, or -1, not 0; write -1 to wait as long as it takes',
    ],
    [
      '{kubernetes: {set_pod_resource_limits: 0.5}}',
      'config.kubernetes.set_pod_resource_limits: must be true, false or a number from 1 to 100, not 0.5; write true',
    ],
    [
      '{kubernetes: {remote_identity: A_b}}',
      'config.kubernetes.remote_identity: "A_b" is not the name of a service account; use a-z, 0-9, "-" and "."',
    ],
    [
      '{kubernetes: {kueue: {local_queue_name: A b}}}',
      'config.kubernetes.kueue.local_queue_name: "A b" is not the name of a LocalQueue; use a-z, 0-9, "-" and "."',
    ],
    [
      '{kubernetes: {enable_docker: true}}',
      'config.kubernetes.enable_docker: is not supported; build images before the task',
    ],
    ['{kubernetes: {podconfig: {}}}', 'config.kubernetes.podconfig: unknown field; did you mean pod_config?'],
    ['{hooks: [{run: a}]}', 'config.hooks: hooks are not supported yet; trap SIGTERM in run'],
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
