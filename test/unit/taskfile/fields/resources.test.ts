import { expect } from 'chai';
import { problemsOf, specOf, warningsOf } from '../outcome.js';

const NONE = {
  cpus: undefined,
  memory: undefined,
  gpus: 0,
  gpuType: undefined,
  image: undefined,
  context: undefined,
  labels: {},
  priority: undefined,
  priorityClass: undefined,
  recovery: undefined,
};

describe('readResources', () => {
  it('takes nothing as nothing asked for', () => {
    expect(specOf('run: a').resources).to.deep.equal(NONE);
    expect(specOf('run: a\nresources:').resources).to.deep.equal(NONE);
    expect(specOf('run: a\nresources: {cpus: , memory: "", accelerators: ~}').resources).to.deep.equal(NONE);
  });

  const amounts: [string, object][] = [
    ['cpus: 4', { cpus: '4' }],
    ['cpus: 0.5', { cpus: '500m' }],
    ['cpus: 4+', { cpus: '4' }],
    ['cpus: "500m"', { cpus: '500m' }],
    ['cpus: 1.0e-03', { cpus: '1m' }],
    ['memory: 32', { memory: '32Gi' }],
    ['memory: 1.5', { memory: '1536Mi' }],
    ['memory: 4Gi', { memory: '4Gi' }],
    ['memory: 1024MB+', { memory: '1Gi' }],
  ];
  for (const [text, expected] of amounts) {
    it(`reads ${text}`, () => {
      expect(specOf(`run: a\nresources: {${text}}`).resources).to.deep.include(expected);
    });
  }

  const cores = 'write cores such as 2, 0.5 or "500m"';
  const memory = 'write "4Gi" or "512Mi", or a plain number of GiB';
  const bad: [string, string][] = [
    ['cpus: two', `line 2, column 19: resources.cpus: "two" is not an amount of CPU; ${cores}`],
    ['cpus: 0', `line 2, column 19: resources.cpus: 0 must be more than 0; ${cores}`],
    ['cpus: -1.5', `line 2, column 19: resources.cpus: -1.5 is not an amount of CPU; ${cores}`],
    ['cpus: true', `line 2, column 19: resources.cpus: true is not an amount of CPU; ${cores}`],
    ['cpus: .inf', `line 2, column 19: resources.cpus: Infinity is not an amount of CPU; ${cores}`],
    ['cpus: [4]', `line 2, column 19: resources.cpus: a list is not an amount of CPU; ${cores}`],
    ['memory: 4GiB', 'line 2, column 21: resources.memory: "4GiB" has the unknown unit GiB; write "4Gi"'],
    ['memory: 1.0e+30', `line 2, column 21: resources.memory: 1e+30 is not an amount of memory; ${memory}`],
    ['cpu: 4', 'line 2, column 13: resources.cpu: unknown field; did you mean cpus?'],
    ['memroy: 4', 'line 2, column 13: resources.memroy: unknown field; did you mean memory?'],
    ['num_nodes: 4', 'line 2, column 13: resources.num_nodes: unknown field; move it to the top level'],
    ['hooks: []', 'line 2, column 13: resources.hooks: hooks do not belong to resources; move to config.hooks'],
    [
      '_requires_fuse: true',
      "line 2, column 13: resources._requires_fuse: is SkyPilot's own and not for task files; leave it out",
    ],
    [
      'toString: 1',
      'line 2, column 13: resources.toString: unknown field; the fields here are cpus, memory, accelerators, image_id, infra, cloud, region, labels, priority, priority_class, job_recovery, use_spot, any_of, ordered',
    ],
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(`run: a\nresources: {${text}}`)).to.deep.equal([problem]);
    });
  }

  it('refuses what is no mapping', () => {
    expect(problemsOf('run: a\nresources: [cpus]')).to.deep.equal([
      'line 2, column 12: resources: must be a mapping of fields, not a list; write `field: value` lines',
    ]);
  });

  for (const text of [
    'instance_type: p3',
    'use_spot: true',
    'disk_size: 100',
    'disk_size: 100GB',
    'ports: [80, "90-95"]',
    'disk_tier: best',
    'zone: a',
    'autostop: 10',
  ]) {
    it(`warns once that ${text} has no effect`, () => {
      const field = text.split(':')[0];
      const warnings = warningsOf(`run: a\nresources: {${text}}`);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(new RegExp(`^line 2, column \\d+: resources\\.${field}: ignored: `));
    });
  }

  it('says nothing of ignored fields that ask for nothing', () => {
    expect(warningsOf('run: a\nresources: {use_spot: false, ports: , instance_type: ~}')).to.deep.equal([]);
  });

  describe('with alternatives', () => {
    const choices = (text: string): object[] =>
      specOf(`run: a\nresources: {${text}}`).alternatives.map(({ cpus, gpuType, gpus, image }) => ({
        cpus,
        gpuType,
        gpus,
        image,
      }));

    for (const field of ['any_of', 'ordered']) {
      it(`reads ${field}, of which each wins over what stands outside`, () => {
        const text = `cpus: 4, image_id: a, ${field}: [{accelerators: "H100:8"}, {accelerators: {A100: 4}, cpus: 8}, {infra: k8s}]`;
        expect(choices(text)).to.deep.equal([
          { cpus: '4', gpuType: 'H100', gpus: 8, image: 'a' },
          { cpus: '8', gpuType: 'A100', gpus: 4, image: 'a' },
          { cpus: '4', gpuType: undefined, gpus: 0, image: 'a' },
        ]);
      });
    }

    it('leaves out those for other clouds, and says so', () => {
      const yaml = 'run: a\nresources: {any_of: [{infra: aws, instance_type: p4d}, {infra: k8s, cpus: 2}]}';
      expect(specOf(yaml).resources.cpus).to.equal('2');
      expect(specOf(yaml).alternatives).to.deep.equal([]);
      expect(warningsOf(yaml)).to.deep.equal([
        'line 2, column 30: resources.any_of.0.infra: this alternative is left out: aws is not Kubernetes',
      ]);
    });

    for (const text of [
      'any_of: [{infra: aws}, {cloud: gcp}]',
      'any_of: []',
      'any_of: {cpus: 4}',
      'any_of: [cpus]',
      'any_of: [{any_of: []}]',
      'any_of: [{cpus: x}]',
      'any_of: [{cpus: 1}], ordered: [{cpus: 2}]',
      "any_of: [{accelerators: ['L4:1', 'T4:1']}]",
      "accelerators: ['L4:1', 'T4:1'], ordered: [{cpus: 1}]",
    ]) {
      it(`refuses ${text}`, () => {
        expect(problemsOf(`run: a\nresources: {${text}}`)).to.have.length(1);
      });
    }
  });
});
