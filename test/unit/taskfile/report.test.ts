import { expect } from 'chai';
import { createReport } from '../../../taskfile/report.js';
import { sourceOf } from '../../../taskfile/source.js';
import { parseTaskYaml } from '../../../taskfile/task-spec.js';

const at = (line: number): { line: number; column: number } => ({ line, column: 1 });

describe('createReport', () => {
  it('gives violations in the order of the text, with their lines', () => {
    const report = createReport(sourceOf('1\ntext of 2  \n3\n4\n5\n6\r\ntext of 7 '));
    report.refuse({ path: 'b', at: at(7) }, 'late', 'repair this');
    report.refuse({ path: 'a', at: at(2) }, 'early', 'repair it');
    expect(report.violations()).to.deep.equal([
      { field: 'a', message: 'early', fix: 'repair it', line: 2, column: 1, source: 'text of 2' },
      { field: 'b', message: 'late', fix: 'repair this', line: 7, column: 1, source: 'text of 7' },
    ]);
  });

  it('keeps a hundred of each and says that there are more', () => {
    const report = createReport(sourceOf(''));
    for (let line = 1; line <= 300; line++) {
      report.refuse({ path: 'a', at: at(line) }, 'bad', 'repair it');
      report.warn({ path: 'a', at: at(line) }, 'odd');
    }
    expect(report.violations()).to.have.length(101);
    expect(report.violations().at(-1)?.message).to.equal('there is more, but only the first 100 are shown');
    expect(report.warnings()).to.have.length(101);
  });

  it('shows lines of a bounded length without what could change a terminal', () => {
    const report = createReport(sourceOf(`\ta: \u001b[31m${'x'.repeat(500)}`));
    report.refuse({ path: 'a', at: at(1) }, 'bad', 'repair it');
    const source = report.violations()[0]?.source ?? '';
    expect(source).to.match(/^ a: \\u\{1b\}\[31mx+…$/);
    expect(source.length).to.be.below(220);
  });

  it('never shows a line that holds a secret', () => {
    for (const yaml of [
      'run: a\nsecrets: {T: [hunter2]}',
      'run: a\nsecrets: {hunter2 3: x}',
      'run: a\nsecrets: hunter2',
      'run: a\nsecrets: [hunter2]',
      'run: a\nsecrets:\n  T: @hunter2',
      'run: a\nsecrets:\n  T: *hunter2',
      'run: a\nsecrets:\n  T: "hunter2',
      'run: a\nsecrets:\n  T: !hunter2 x',
      'run: a\nsecret:\n  T: hunter2',
      '{run: 5, secrets: {T: hunter2}}',
      'run: a\nmanaged_secrets: [hunter2 3]',
      'run: a\nenvs: {SKYPILOT_DOCKER_PASSWORD: hunter2}',
      'run: a\nenvs: {SKYPILOT_DOCKER_PASSWORD: [hunter2]}',
      'run: a\nsecrets: {T: 1, T: hunter2}',
    ]) {
      const result = parseTaskYaml(yaml);
      expect(result.ok).to.equal(false);
      expect(JSON.stringify(result)).not.to.contain('hunter2');
    }
  });
});
