import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type CliResult, createSandbox, type Sandbox } from '../../support/cli.js';

const GOOD = 'name: good\nrun: echo\n';
const WARNED = 'run: echo\nresources:\n  use_spot: true\n';
const BAD = 'run: echo\nnum_node: 2\nresources: {use_spot: true, cpus: lots}\nsecrets: {A: [hunter2]}\n';

describe('k8s-cli task check', () => {
  let sandbox: Sandbox;
  const path = (name: string): string => join(sandbox.dir, name);
  // No server is named: whoever asked for one would fail.
  const check = (words: readonly string[], input?: string): Promise<CliResult> =>
    sandbox.cli(['task', 'check', ...words], input === undefined ? {} : { input, inputEnds: true });

  beforeEach(() => {
    sandbox = createSandbox(() => ({ K8S_CLI_API_URL: 'http://192.0.2.1:1', HERE: 'yes' }));
    for (const [name, text] of Object.entries({ good: GOOD, warned: WARNED, bad: BAD })) {
      writeFileSync(path(`${name}.yaml`), text);
    }
  });
  afterEach(() => sandbox.remove());

  it('says of a good file that it is', async () => {
    const result = await check([path('good.yaml')]);
    expect(result).to.include({ exitCode: 0, stdout: `${path('good.yaml')}: ok\n`, stderr: '' });
  });

  it('says all that is wrong with all files, where and how to repair it, and ends with 2', async () => {
    const result = await check([path('bad.yaml'), path('none.yaml'), path('good.yaml')]);
    expect(result).to.include({ exitCode: 2, stderr: '' });
    const bad = path('bad.yaml');
    expect(result.stdout.split('\n')).to.deep.equal([
      `${bad}:2:1: num_node: unknown field; did you mean num_nodes?`,
      '    num_node: 2',
      '    ^',
      `${bad}:3:35: resources.cpus: "lots" is not an amount of CPU; write cores such as 2, 0.5 or "500m"`,
      '    resources: {use_spot: true, cpus: lots}',
      `${' '.repeat(38)}^`,
      `${bad}:3:23: warning: resources.use_spot: ignored: there are no spot nodes to ask for`,
      '    resources: {use_spot: true, cpus: lots}',
      `${' '.repeat(26)}^`,
      `${bad}:4:11: secrets.A: must be one value, not a list; put it in quotes`,
      `${path('none.yaml')}: no such file; name one that is there, or - for stdin`,
      `${path('good.yaml')}: ok`,
      '',
    ]);
  });

  it('lets warnings pass, unless they count as errors', async () => {
    const lenient = await check([path('warned.yaml')]);
    expect(lenient.exitCode).to.equal(0);
    expect(lenient.stdout).to.match(/warned\.yaml:3:13: warning: resources\.use_spot: ignored: /);
    const strict = await check([path('warned.yaml'), '--strict']);
    expect(strict.exitCode).to.equal(2);
    expect(strict.stdout).to.match(/warned\.yaml:3:13: resources\.use_spot: ignored: /);
  });

  it('has all of it for programs', async () => {
    const { stdout, exitCode } = await check([path('bad.yaml'), path('good.yaml'), '-o', 'json']);
    expect(exitCode).to.equal(2);
    const findings = JSON.parse(stdout) as { valid: boolean; problems: object[] }[];
    expect(findings.map(({ valid }) => valid)).to.deep.equal([false, true]);
    expect(findings[0]?.problems[0]).to.deep.equal({
      severity: 'error',
      field: 'num_node',
      message: 'unknown field',
      fix: 'did you mean num_nodes?',
      line: 2,
      column: 1,
      source: 'num_node: 2',
    });
    expect(stdout).not.to.contain('hunter2');
    const none = JSON.parse((await check([path('none.yaml'), '-o', 'json'])).stdout) as typeof findings;
    expect(none[0]?.problems).to.deep.equal([
      { severity: 'error', field: '', message: 'no such file', fix: 'name one that is there, or - for stdin' },
    ]);
    writeFileSync(path('bytes.yaml'), Buffer.from([0xff]));
    expect((await check([path('bytes.yaml')])).stdout).to.equal(`${path('bytes.yaml')}: is not UTF-8 text\n`);
    expect(parse((await check([path('bad.yaml'), path('good.yaml'), '-o', 'yaml'])).stdout)).to.deep.equal(findings);
  });

  it('reads stdin, and takes what jobs submit would be given', async () => {
    const yaml = 'run: echo\nenvs: {A: , HERE: }\nresources: {accelerators: x y}\n';
    expect((await check(['-'], yaml)).stdout).to.match(/^stdin:2:8: envs\.A: has no value/);
    const given = await check(['-', '--env', 'A=1', '--env', 'HERE', '--gpus', 'V100'], yaml);
    expect(given).to.include({ exitCode: 0, stdout: 'stdin: ok\n' });
  });
});
