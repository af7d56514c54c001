/** Checks that the relative links and anchors of all Markdown files lead somewhere; prints those that do not, and exits 1. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** A link as it stands in a file. */
interface Link {
  readonly line: number;
  readonly target: string;
}

const root = resolve(process.argv[2] ?? '.');
const anchorsByFile = new Map<string, ReadonlySet<string>>();
const broken: string[] = [];
let checked = 0;

for (const file of markdownFiles()) {
  for (const { line, target } of linksOf(readFileSync(file, 'utf8'))) {
    checked += 1;
    const problem = problemOf(file, target);
    if (problem !== undefined) broken.push(`${relative(root, file)}:${line}: ${target}: ${problem}`);
  }
}
if (broken.length > 0) {
  process.stderr.write(`${broken.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${checked} links lead somewhere\n`);
}

/** Markdown files that git has or would take, so that node_modules and the like are left out. */
function markdownFiles(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'];
  const names = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  // A file that was deleted but not committed yet is still in git's list.
  return [...new Set(names)]
    .filter((name) => name !== '' && existsSync(join(root, name)))
    .map((name) => join(root, name));
}

function linksOf(text: string): Link[] {
  const links: Link[] = [];
  for (const [index, line] of proseLines(text)) {
    const plain = line.replaceAll(/(`+)[^`].*?\1/g, '');
    const patterns = [
      /\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)/g,
      /^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/g,
      /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"/g,
    ];
    for (const pattern of patterns) {
      for (const [, target = ''] of plain.matchAll(pattern)) {
        if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) links.push({ line: index + 1, target });
      }
    }
  }
  return links;
}

/** Lines outside of fenced code, with their index. */
function* proseLines(text: string): Generator<[index: number, line: string]> {
  let fence = '';
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence === '' && mark !== '') fence = mark;
    else if (fence === '') yield [index, line];
    else if (mark.startsWith(fence) && line.trim() === mark) fence = '';
  }
}

function problemOf(file: string, target: string): string | undefined {
  if (target === '') return 'the link is empty';
  const [path = '', anchor] = target.split('#');
  const full = path === '' ? file : resolve(dirname(file), decodeURIComponent(path));
  if (path.startsWith('/') || relative(root, full).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(full)) return 'there is no such file';
  if (anchor === undefined || statSync(full).isDirectory() || !full.endsWith('.md')) return undefined;
  return anchorsOf(full).has(decodeURIComponent(anchor)) ? undefined : 'there is no such heading';
}

function anchorsOf(file: string): ReadonlySet<string> {
  const known = anchorsByFile.get(file);
  if (known !== undefined) return known;
  const anchors = new Set<string>();
  for (const [, line] of proseLines(readFileSync(file, 'utf8'))) {
    for (const [, name = ''] of line.matchAll(/<[^>]*\b(?:id|name)="([^"]+)"/g)) anchors.add(name);
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    let unique = slug;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${slug}-${count}`;
    anchors.add(unique);
  }
  anchorsByFile.set(file, anchors);
  return anchors;
}

/** The anchor that GitHub gives to a heading. */
function slugOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/<[^>]*>/g, '');
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
