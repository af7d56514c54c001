import { expect } from 'chai';
import { parseTaskYaml, type TaskSecrets } from '../../../../taskfile/task-spec.js';
import { problemsOf, specOf, warningsOf } from '../outcome.js';

function secretsOf(yaml: string): TaskSecrets {
  const result = parseTaskYaml(yaml);
  if (!result.ok) throw new Error(problemsOf(yaml).join('\n'));
  return result.secrets;
}

describe('readSecrets', () => {
  it('keeps values apart from the task, as Python writes them', () => {
    const yaml = 'run: a\nsecrets: {TOKEN: hunter2, FLAG: true, EMPTY: ""}';
    expect(secretsOf(yaml).values).to.deep.equal({ TOKEN: 'hunter2', FLAG: 'True', EMPTY: '' });
    expect(specOf(yaml).secretNames).to.deep.equal(['TOKEN', 'FLAG', 'EMPTY']);
    expect(JSON.stringify(specOf(yaml))).not.to.contain('hunter2');
  });

  it('lets a secret win over an env of its name, and says so', () => {
    const yaml = 'run: a\nenvs: {A: plain}\nsecrets: {A: hunter2}';
    expect(specOf(yaml).envs).to.deep.equal({});
    expect(warningsOf(yaml)).to.deep.equal(['line 2, column 8: envs.A: is overwritten by the secret of that name']);
  });

  const references: [string, object[]][] = [
    [
      'secrets: ["secrets:A", "secrets:personal.B", "secrets:workspace.C", "secrets:global.D"]',
      ['A', 'B', 'C', 'D'].map((name) => ({ name, mountPath: undefined })),
    ],
    ['secrets: {"secrets:A": }', [{ name: 'A', mountPath: undefined }]],
    [
      'managed_secrets: [A, {B: {mount_path: /etc/b}}, {C: }]',
      [
        { name: 'A', mountPath: undefined },
        { name: 'B', mountPath: '/etc/b' },
        { name: 'C', mountPath: undefined },
      ],
    ],
  ];
  for (const [text, managed] of references) {
    it(`takes ${text}`, () => {
      expect(specOf(`run: a\n${text}`).managedSecrets).to.deep.equal(managed);
    });
  }

  it('reads a login for the registry, from envs and secrets together, and puts the registry before the image', () => {
    const yaml = [
      'run: a',
      'resources: {image_id: "docker:team/image:1"}',
      'envs: {SKYPILOT_DOCKER_USERNAME: ann, SKYPILOT_DOCKER_SERVER: "https://r.example.com/", OTHER: x}',
      'secrets: {SKYPILOT_DOCKER_PASSWORD: hunter2}',
    ].join('\n');
    expect(secretsOf(yaml)).to.deep.equal({
      values: {},
      registry: { server: 'r.example.com', username: 'ann', password: 'hunter2' },
    });
    const spec = specOf(yaml);
    expect(spec.resources.image).to.equal('r.example.com/team/image:1');
    expect([spec.hasRegistryLogin, spec.envs, spec.secretNames]).to.deep.equal([true, { OTHER: 'x' }, []]);
    expect(JSON.stringify(spec)).not.to.contain('hunter2');
  });

  it('does not put the registry before an image that names it', () => {
    const login = 'secrets: {SKYPILOT_DOCKER_USERNAME: a, SKYPILOT_DOCKER_PASSWORD: b, SKYPILOT_DOCKER_SERVER: r.io}';
    expect(specOf(`run: a\nresources: {image_id: r.io/x}\n${login}`).resources.image).to.equal('r.io/x');
  });

  const bad: [string, string][] = [
    ['secrets: {A: }', 'secrets.A: has no value, which makes it required; give it with --secret A, or write A: ""'],
    ['secrets: {A: [x]}', 'secrets.A: must be one value, not a list; put it in quotes'],
    [
      'secrets: {A b: x}',
      'secrets: a key is not a name for an environment variable; use letters, digits and "_", beginning with no digit',
    ],
    [
      'secrets: {SKYPILOT_X: x}',
      'secrets.SKYPILOT_X: names that begin with SKYPILOT_ are set by the system; choose another name',
    ],
    [
      'secrets: {"secrets:A": x}',
      'secrets.secrets:A: names a secret of the server and has a value too; leave one of the two out',
    ],
    ['secrets: [A]', 'secrets.0: is not the name of a secret; write "secrets:NAME"'],
    ['managed_secrets: {A: x}', 'managed_secrets: must be a list of names, not a mapping; write `- NAME` lines'],
    [
      'managed_secrets: [{A: {path: /x}}]',
      'managed_secrets.0.A: can only have mount_path, a text; write {NAME: {mount_path: /path}}',
    ],
    [
      'managed_secrets: [{A: {mount_path: x}}]',
      'managed_secrets.0.A.mount_path: "…" is not an absolute path without "…"; write a path such as /data',
    ],
    [
      'secrets: {SKYPILOT_DOCKER_USERNAME: a}',
      'secrets.SKYPILOT_DOCKER_PASSWORD: is missing; a login needs all three of SKYPILOT_DOCKER_USERNAME, SKYPILOT_DOCKER_PASSWORD, SKYPILOT_DOCKER_SERVER',
    ],
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(`run: a\n${text}`).map((line) => line.replace(/^line \d+, column \d+: /, ''))).to.deep.equal([
        problem,
      ]);
    });
  }

  it('refuses a path that names a secret', () => {
    expect(problemsOf('run: a\nworkdir: /x/$TOKEN\nsecrets: {TOKEN: hunter2}')).to.deep.equal([
      'line 2, column 10: workdir: names the secret TOKEN, which would stand there for everybody to read; move it to envs if it is none',
    ]);
  });

  it('warns of an env that looks like a secret', () => {
    expect(warningsOf('run: a\nenvs: {HF_TOKEN: x}')).to.have.length(1);
    expect(warningsOf('run: a\nenvs: {TOKENIZERS_PARALLELISM: x, KEYFRAMES: 1, HF_TOKEN: ""}')).to.deep.equal([]);
  });
});
