import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';

const SCRIPT = resolve('scripts/check-links.ts');

describe('check-links', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'check-links-'));
    execFileSync('git', ['init', '--quiet'], { cwd: directory });
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function check(files: Readonly<Record<string, string>>): { code: number | null; broken: string[]; out: string } {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', SCRIPT, directory], {
      encoding: 'utf8',
    });
    return { code: status, broken: stderr.split('\n').filter(Boolean), out: stdout };
  }

  it('accepts files, folders, headings, repeated headings and addresses elsewhere', () => {
    const result = check({
      'README.md': [
        '# Top',
        '[file](docs/a.md), [folder](docs/), ![picture](docs/p.svg "title"), [here](#top)',
        '[heading](docs/a.md#the-code-of-it), [second](docs/a.md#twice-1), [marked](docs/a.md#mark)',
        '[elsewhere](https://example.com/x), [mail](mailto:a@example.com), [referred][r]',
        '',
        '[r]: docs/a.md',
      ].join('\n'),
      'docs/a.md': '# The `code` of it!\n\n## Twice\n\n## Twice\n\n<a id="mark"></a>\n\n[back](../README.md)\n',
      'docs/p.svg': '<svg/>',
    });
    expect(result).to.deep.include({ code: 0, broken: [] });
    expect(result.out).to.equal('9 links lead somewhere\n');
  });

  it('names each broken link with its place', () => {
    const { code, broken } = check({
      'README.md': '[a](gone.md)\n\n[b](docs/a.md#nowhere)\n<a href="../out.md">c</a>\n[d](#missing)\n',
      'docs/a.md': '# Heading\n',
    });
    expect(code).to.equal(1);
    expect(broken).to.deep.equal([
      'README.md:1: gone.md: there is no such file',
      'README.md:3: docs/a.md#nowhere: there is no such heading',
      'README.md:4: ../out.md: leads out of the repository',
      'README.md:5: #missing: there is no such heading',
    ]);
  });

  it('does not take code for links or headings', () => {
    const { code, broken } = check({
      'README.md': '```sh\n# not a heading [x](gone.md)\n```\n`[y](gone.md)` [z](#not-a-heading-x)\n',
    });
    expect(code).to.equal(1);
    expect(broken).to.deep.equal(['README.md:4: #not-a-heading-x: there is no such heading']);
  });
});
