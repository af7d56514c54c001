import { expect } from 'chai';
import { formatViolation, type Overrides, parseTaskYaml } from '../../../taskfile/task-spec.js';

function parse(yaml: string, overrides: Overrides): Extract<ReturnType<typeof parseTaskYaml>, { ok: true }> {
  const result = parseTaskYaml(yaml, { overrides });
  if (!result.ok) throw new Error(result.violations.map(formatViolation).join('\n'));
  return result;
}

describe('applyOverrides', () => {
  it('wins over what the file says, and adds what it does not say', () => {
    const yaml = 'name: old\nnum_nodes: 2\nrun: a\nenvs: {A: 1, B: 2}\nresources: {cpus: 1, labels: {x: y}}';
    const { spec } = parse(yaml, {
      name: 'new',
      numNodes: 3,
      envs: { B: 'two', C: '3' },
      cpus: '4',
      memory: '8Gi',
      accelerators: '2',
      image: 'busybox',
    });
    expect(spec).to.deep.include({ name: 'new', numNodes: 3, envs: { A: '1', B: 'two', C: '3' } });
    expect(spec.resources).to.deep.include({ cpus: '4', memory: '8Gi', gpus: 2, image: 'busybox', labels: { x: 'y' } });
  });

  it('gives what is required', () => {
    const { spec, secrets } = parse('run: a\nenvs: {A: }\nsecrets: {B: }', {
      envs: { A: 'x' },
      secrets: { B: 'hunter2' },
    });
    expect(spec.envs).to.deep.equal({ A: 'x' });
    expect(secrets.values).to.deep.equal({ B: 'hunter2' });
  });

  it('wins over every alternative', () => {
    const { spec } = parse('run: a\nresources: {any_of: [{accelerators: A100, cpus: 1}, {cpus: 2}]}', {
      accelerators: 'H100:2',
    });
    expect(spec.alternatives.map(({ gpuType, gpus, cpus }) => [gpuType, gpus, cpus])).to.deep.equal([
      ['H100', 2, '1'],
      ['H100', 2, '2'],
    ]);
  });

  it('takes part in substitution', () => {
    expect(parse('run: a\nworkdir: /x/$A\nenvs: {A: old}', { envs: { A: 'new' } }).spec.workdir).to.equal('/x/new');
  });

  for (const overrides of [
    { numNodes: 0 },
    { cpus: 'lots' },
    { name: 'a b' },
    { image: 'A B' },
    { envs: { 'A B': 'x' } },
  ]) {
    it(`is checked as the file is: ${JSON.stringify(overrides)}`, () => {
      expect(parseTaskYaml('run: a', { overrides }).ok).to.equal(false);
    });
  }

  const named: [Overrides, string][] = [
    [{ accelerators: 'V100:x' }, 'overrides.accelerators: "x" is not a number of GPUs; write a count such as "1", or'],
    [
      { accelerators: '0.5' },
      'overrides.accelerators: 0.5 is a part of a GPU, and Kubernetes gives whole ones only; write 1',
    ],
    [{ cpus: 'lots' }, 'overrides.cpus: "lots" is not an amount of CPU; write cores such as'],
    [{ memory: '4GiB' }, 'overrides.memory: "4GiB" has the unknown unit GiB; write "4Gi"'],
    [{ image: 'ami-1' }, 'overrides.image_id: "ami-1" is a machine image of a cloud; name a container image'],
    [{ name: 'a b' }, 'overrides.name: "a b" is not a task name; use letters and digits'],
    [{ numNodes: 0 }, 'overrides.num_nodes: must be an integer from 1 to 1000, not 0; write 1'],
    [{ envs: { A: 'a\0' } }, 'overrides.envs.A: holds a NUL character; remove it'],
    [{ secrets: { A: 'a\0' } }, 'overrides.secrets.A: holds a NUL character; remove it'],
  ];
  const file =
    'run: a\nresources: {cpus: bad, memory: bad, accelerators: [], image_id: "B"}\nenvs: {A: [x]}\nsecrets: {A: [x]}';
  for (const [overrides, problem] of named) {
    it(`is named by what is wrong with it, and its field of the file by nothing: ${problem}`, () => {
      const result = parseTaskYaml('run: a', { overrides });
      const problems = result.ok ? [] : result.violations.map(formatViolation);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.satisfy((text: string) => text.startsWith(problem));
      const both = parseTaskYaml(file, { overrides });
      const [option = ''] = /(?<=\.)\w+(?:\.\w+)?/.exec(problem) ?? [];
      const fields = both.ok ? [] : both.violations.map(({ field }) => field);
      expect(fields).to.include(`overrides.${option}`).and.not.include(`resources.${option}`).and.not.include(option);
    });
  }

  it('is named in warnings too', () => {
    expect(parse('run: a', { envs: { TOKEN: 'x' } }).warnings.map(formatViolation)[0]).to.match(
      /^overrides\.envs\.TOKEN: looks like a secret/,
    );
  });

  it('makes warnings errors when it is strict', () => {
    const yaml = 'run: a\nresources: {disk_size: 5}';
    const result = parseTaskYaml(yaml, { strict: true });
    expect(result.ok ? [] : result.violations.map(formatViolation)).to.deep.equal([
      'line 2, column 13: resources.disk_size: ignored: nodes have the disks they have; use a volume for large data',
    ]);
    expect(parseTaskYaml('run: a', { strict: true }).ok).to.equal(true);
  });

  describe('when it is lenient', () => {
    const warnings = (resources: string): string[] => {
      const result = parseTaskYaml(`run: a\nresources: ${resources}`, { lenient: true });
      expect(result.ok, JSON.stringify(result)).to.equal(true);
      expect(result.ok && result.spec.resources.context).to.equal(undefined);
      return result.warnings.map(formatViolation);
    };

    it('ignores the names of other clouds', () => {
      expect(warnings('{infra: aws/us-east-1, cpus: 2}')).to.deep.equal([
        'line 2, column 20: resources.infra: ignored: "aws/us-east-1" is not Kubernetes, and tasks run on Kubernetes only',
      ]);
      expect(warnings('{cloud: gcp, region: us-central1}')).to.deep.equal([
        'line 2, column 20: resources.cloud: ignored: "gcp" is not Kubernetes, and tasks run on Kubernetes only',
        'line 2, column 33: resources.region: ignored: it is a region of another cloud',
      ]);
    });

    it('takes an alternative for another cloud only where there is none for Kubernetes', () => {
      expect(warnings('{any_of: [{infra: aws, cpus: 1}]}')[0]).to.match(/any_of\.0\.infra: ignored: /);
      expect(warnings('{any_of: [{infra: aws, cpus: 1}, {infra: k8s, cpus: 2}]}')[0]).to.match(
        /any_of\.0\.infra: this alternative is left out: /,
      );
    });

    it('refuses what changes results all the same', () => {
      for (const text of [
        'file_mounts: {/data: ./data}',
        'resources: {image_id: ami-0123}',
        'resources: {infra: k8s/*x}',
      ]) {
        expect(parseTaskYaml(`run: a\n${text}`, { lenient: true }).ok, text).to.equal(false);
      }
    });
  });
});
