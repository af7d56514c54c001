import { expect } from 'chai';
import { formatViolation } from '../../../taskfile/violation.js';
import { labelViolations, parseVolumeYaml, type VolumeFile } from '../../../taskfile/volume-file.js';

const PLAIN: VolumeFile = {
  name: 'data',
  size: '10Gi',
  useExisting: false,
  labels: {},
  storageClass: undefined,
  accessMode: undefined,
  namespace: undefined,
  cluster: undefined,
};

/** A volume file with something else in it. */
function parse(text: string): ReturnType<typeof parseVolumeYaml> {
  return parseVolumeYaml(`name: data\ntype: k8s-pvc\n${text}`);
}

describe('parseVolumeYaml', () => {
  const works: [text: string, volume: Partial<VolumeFile>][] = [
    ['size: 10', {}],
    ['size: 10Gi', {}],
    ['size: "10gb"', {}],
    ['size: 10GB\ninfra: k8s', {}],
    ['size: 10\ninfra: k8s/prod', { cluster: 'prod' }],
    ['size: 10\nlabels: {team: x}', { labels: { team: 'x' } }],
    ['size: 10\nuse_existing: false', {}],
    ['use_existing: true', { size: undefined, useExisting: true }],
    ['size: 10\nconfig: {storage_class_name: fast}', { storageClass: 'fast' }],
    ['size: 10\nconfig: {namespace: team-a}', { namespace: 'team-a' }],
    ...['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'].map(
      (accessMode): [string, Partial<VolumeFile>] => [`size: 10\nconfig: {access_mode: ${accessMode}}`, { accessMode }],
    ),
  ];
  for (const [text, volume] of works) {
    it(`takes ${text.replaceAll('\n', ' / ')}`, () => {
      expect(parse(text)).to.deep.equal({ ok: true, volume: { ...PLAIN, ...volume }, warnings: [] });
    });
  }

  it('warns of what has no effect', () => {
    const { warnings } = parse('size: 10\nconfig: {cleanup_on_deletion: true}');
    expect(warnings.map(formatViolation)).to.deep.equal([
      'line 4, column 10: config.cleanup_on_deletion: ignored: what is stored on a volume goes when the volume is deleted',
    ]);
  });

  const refused: [yaml: string, problem: RegExp][] = [
    ['type: k8s-pvc\nsize: 1', /^line 1, column 1: name: is missing; write what tasks/],
    ['name: a\nsize: 1', /^line 1, column 1: type: is missing; write type: k8s-pvc$/],
    [
      'name: a\ntype: k8s-pvc',
      /^line 1, column 1: size: is missing; write a size such as 100Gi, or use_existing: true$/,
    ],
    ['name: A_b\ntype: k8s-pvc\nsize: 1', /^line 1, column 7: name: "A_b" must be 1 to 40 characters of a-z/],
    ['name: a\ntype: k8s-hostpath\nsize: 1', /^line 2, column 7: type: directories of the cluster's machines cannot/],
    ['name: a\ntype: runpod-network-volume\nsize: 1', /^line 2, column 7: type: "runpod-network-volume" is not a type/],
    ['name: a\ntype: k8s-pvc\nsize: 1.5', /^line 3, column 7: size: 1.5 is not a size; write whole units/],
    ['name: a\ntype: k8s-pvc\nsize: 1GiB', /^line 3, column 7: size: "1GiB" is not a size/],
    ['name: a\ntype: k8s-pvc\nsize: 1\ninfra: aws', /^line 4, column 8: infra: "aws" is not Kubernetes/],
    [
      'name: a\ntype: k8s-pvc\nsize: 1\nuse_existing: 1',
      /^line 4, column 15: use_existing: must be true or false, not 1/,
    ],
    ['name: a\ntype: k8s-pvc\nsize: 1\nlabels: {a: "b c"}', /^line 4, column 13: labels.a: "b c" is not the value of/],
    ['name: a\ntype: k8s-pvc\nsize: 1\nlabels: {volume-id: x}', /^line 4, column 10: labels.volume-id: is set by the/],
    [
      'name: a\ntype: k8s-pvc\nsize: 1\nconfig: {access_mode: RWX}',
      /^line 4, column 23: config.access_mode: "RWX" is not/,
    ],
    [
      'name: a\ntype: k8s-pvc\nsize: 1\nconfig: {host_path: /x}',
      /^line 4, column 10: config.host_path: directories of/,
    ],
    ['name: a\ntype: k8s-pvc\nsizes: 1\nsize: 1', /^line 3, column 1: sizes: unknown field; did you mean size\?$/],
    ['- a', /^line 1, column 1: a volume is a mapping of fields, not a list; write name, type and size/],
    ['', /^line 1, column 1: a volume is a mapping of fields, not nothing/],
    ['name: [', /^line 1, column 7: not valid YAML: .*; close the bracket$/],
  ];
  for (const [yaml, problem] of refused) {
    it(`refuses ${yaml.replaceAll('\n', ' / ') || 'nothing'}`, () => {
      const result = parseVolumeYaml(yaml);
      const problems = result.ok ? [] : result.violations.map(formatViolation);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(problem);
    });
  }
});

describe('labelViolations', () => {
  it('names the labels that cannot be', () => {
    expect(labelViolations({ team: 'x' })).to.deep.equal([]);
    expect(labelViolations({ 'volume-name': 'x', a: '-' }).map(({ field }) => field)).to.deep.equal([
      'volume-name',
      'a',
    ]);
  });
});
