import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { parseCommandLine } from '../../../cli/command-line.js';
import { EXIT_CODES } from '../../../cli/exit-codes.js';
import manifest from '../../../package.json' with { type: 'json' };
import { describedGroups } from '../../../scripts/cli-reference/commands.js';
import { toManPages } from '../../../scripts/cli-reference/man.js';
import { toMarkdown } from '../../../scripts/cli-reference/markdown.js';

describe('the reference of the command line', () => {
  const groups = describedGroups();
  const commands = groups.flatMap((group) => group.commands);
  const pages = toManPages(groups, '1.2.3');

  for (const { name, examples } of commands) {
    for (const { line } of examples) {
      it(`has an example of ${name} that is understood: ${line}`, () => {
        // Without what the shell makes of it.
        const [, words = ''] = /k8s-cli (.*?)(?:\)| [|<>&].*| [<>].*)?$/.exec(line) ?? [];
        const argv = words.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'));
        expect(parseCommandLine(argv, undefined).kind).to.equal('command');
        expect(`k8s-cli ${words}`).to.match(new RegExp(`^${name}( |$)`));
      });
    }
  }

  it('shows the options that --help shows, and no others', () => {
    const written = commands.map(({ name, options }) => [name, options.map((option) => option.name).toSorted()]);
    const shown = commands.map(({ name }) => {
      const parsed = parseCommandLine([...name.split(' ').slice(1), '--help'], 200);
      const help = parsed.kind === 'text' ? parsed.text : '';
      const names = [...help.matchAll(/^ +(?:-\w, )?--([a-z-]+) /gm)].map(([, option = '']) => option);
      const everywhere = ['server', 'context', 'user', 'quiet', 'verbose', 'color', 'help', 'version'];
      return [name, names.filter((option) => !everywhere.includes(option)).toSorted()];
    });
    expect(written).to.deep.equal(shown);
  });

  it('has every command and every exit code in the page and in the manual', () => {
    const markdown = toMarkdown(groups);
    const manual = [...pages.values()].join('\n').replaceAll(String.raw`\-`, '-');
    for (const { name } of commands) {
      expect(markdown).to.contain(`\n### ${name}\n`);
      expect(manual).to.contain(`\n.SS ${name}\n`);
    }
    for (const [code] of EXIT_CODES) {
      expect(markdown).to.contain(`\n| ${code} | `);
      expect(pages.get('k8s-cli')).to.contain(`\n.B\n${code}\n`);
    }
  });

  it('is in the package', () => {
    expect(manifest.man).to.have.members([...pages.keys()].map((name) => `man/${name}.1`));
  });

  it('takes nothing for markup that is text', () => {
    const odd = { ...commands[0]!, notes: [String.raw`.SH a-b\n "c" | <d>`] };
    const group = { noun: 'x', summary: 'y', commands: [odd] };
    expect(toManPages([group], '1').get('k8s-cli-x')).to.contain(
      String.raw`.PP` + '\n' + String.raw`\&.SH a\-b\(rsn \(dqc\(dq | <d>`,
    );
    expect(toMarkdown([group])).to.contain(String.raw`.SH a-b\\n "c" \| \<d\>`);
  });

  it('is a manual that groff finds nothing wrong with', function () {
    if (spawnSync('groff', ['--version']).status !== 0) this.skip();
    for (const [name, text] of pages) {
      const { status, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z'], { input: text, encoding: 'utf8' });
      expect({ name, status, stderr }).to.deep.equal({ name, status: 0, stderr: '' });
    }
  });
});
