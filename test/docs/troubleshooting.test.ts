import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXIT_CODES } from '../../cli/exit-codes.js';
import { CAUSES } from '../../server/domain/status/causes/causes.js';
import { REPOSITORY } from '../support/program.js';

describe('docs/troubleshooting.md', () => {
  const page = readFileSync(join(REPOSITORY, 'docs/troubleshooting.md'), 'utf8');
  const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

  it('has every cause that a diagnosis may name, and no other', () => {
    const rows = section('All causes').match(/^\| `[^|]*/gm) ?? [];
    const named = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named).to.have.members([...new Set(CAUSES.map(({ category }) => category))]);
  });

  it('has every exit code', () => {
    const rows = section('Exit codes').match(/^\| (?:\d|N)[^|]*/gm) ?? [];
    const codes = rows.flatMap((row) => [...row.matchAll(/\d+|N/g)].map(([code]) => code));
    expect(codes).to.have.members(EXIT_CODES.map(([code]) => code));
  });
});
