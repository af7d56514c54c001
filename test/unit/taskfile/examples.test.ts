import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseTaskYaml } from '../../../taskfile/task-spec.js';

const FOLDER = new URL('../../../examples/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

describe('examples', () => {
  it('are all listed in their README', () => {
    const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
    const listed = Array.from(readme.matchAll(/^\| \[([^\]]+)\]\(\1\) \|/gm), (match) => match[1]);
    expect(listed).to.have.members(FILES);
  });

  for (const file of FILES) {
    it(`${file} is a small task without a warning, named after its file`, () => {
      const result = parseTaskYaml(readFileSync(new URL(file, FOLDER), 'utf8'));
      expect(result).to.deep.include({ ok: true, warnings: [] });
      if (!result.ok) return;
      expect(result.spec.name).to.equal(file.replace('.yaml', ''));
      expect(result.spec.resources).to.deep.include({ cpus: '100m', gpus: 0 });
      expect(result.spec.resources.image ?? 'python:3.13-slim').to.equal('python:3.13-slim');
    });
  }
});
