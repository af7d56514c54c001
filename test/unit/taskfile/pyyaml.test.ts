import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseText } from '../../../taskfile/parse.js';
import { pythonStr } from '../../../taskfile/python-str.js';
import { createReport } from '../../../taskfile/report.js';
import { sourceOf } from '../../../taskfile/source.js';
import type { TreeNode } from '../../../taskfile/tree.js';
import { formatViolation } from '../../../taskfile/violation.js';

/** A value with its YAML type; the entries of mappings are sorted. */
type Read = readonly [kind: string, value?: unknown];

// Reads a text a line, as JSON, and answers each with what PyYAML makes of it.
const PROGRAM = `
import datetime, json, sys, yaml
def read(v):
    if v is None: return ['null']
    if isinstance(v, bool): return ['bool', str(v)]
    if isinstance(v, int): return ['int', str(v)]
    if isinstance(v, float): return ['float', str(v)]
    if isinstance(v, datetime.date): return ['date', str(v)]
    if isinstance(v, str): return ['string', v]
    if isinstance(v, list): return ['list', [read(x) for x in v]]
    return ['map', sorted([str(k), read(x)] for k, x in v.items())]
for line in sys.stdin:
    try: print(json.dumps(read(yaml.safe_load(json.loads(line)))))
    except Exception: print('["error"]')
`;

function byPyYaml(texts: readonly string[]): Read[] {
  const input = texts.map((text) => JSON.stringify(text)).join('\n');
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PROGRAM], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(status, stderr).to.equal(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Read);
}

function byUs(text: string): Read {
  const report = createReport(sourceOf(text));
  const tree = parseText(text, report);
  const [violation] = report.violations();
  return tree === undefined || violation !== undefined
    ? ['error', violation && formatViolation(violation)]
    : kindOf(tree);
}

function kindOf(node: TreeNode): Read {
  if (node.kind === 'null') return ['null'];
  if (node.kind === 'list') return ['list', node.items.map(kindOf)];
  if (node.kind !== 'map') return [node.kind, pythonStr(node)];
  const entries = node.entries.map(({ key, value }) => [key, kindOf(value)] as const);
  return ['map', entries.toSorted(([a], [b]) => (a < b ? -1 : 1))];
}

/** What is refused here and not there: keys that are given twice or are no words, and a lone - in brackets. */
const STRICTER = /is given twice|cannot be a key|Implicit keys of flow|Block collections are not allowed/;
/** What is a text here where PyYAML fails: a lone =, what begins with a colon in brackets, and times that no calendar has. */
const WHERE_PYYAML_FAILS = /(?:^|[\s[{,:])=|[[{,] ?:\S|\d{4}-\d/;

function compare(texts: readonly string[]): void {
  const theirs = byPyYaml(texts);
  for (const [index, text] of texts.entries()) {
    const [ours, their] = [byUs(text), theirs[index] ?? ['none']];
    if (ours[0] === 'error' && (their[0] === 'error' || STRICTER.test(String(ours[1])))) continue;
    if (their[0] === 'error' && WHERE_PYYAML_FAILS.test(text)) continue;
    expect(ours, JSON.stringify(text)).to.deep.equal(their);
  }
}

const SCALARS = [
  'yes|No|on|OFF|true|null|Null|~|.inf|-.INF|.nan|0o17|017|08|0b1_0|0x_F|1:30|1:60|190:20:30.15|1e-4|1.0e-4|1.e+3|.5|-.5',
  '1_000.5|+1|1__0|=|2024-01-02|2024-1-2|2024-01-02 3:04:05|2024-01-02T03:04:05.678Z|2024-01-02 03:04:05 +01:30|a b|A100:8',
  String.raw`a#b|it's|x=y|$HOME|4+|500m|"q"|'q'|"a\n\x41\u00e9"|'it''s'|!!str 5`,
].flatMap((line) => line.split('|'));
const scalar = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789+-_.:eExobynfT~'.split('')), maxLength: 9 }),
  fc.constantFrom(...SCALARS),
);
const word = fc.constantFrom('a', 'B', 'c_d', 'no', '1', '2.0', 'null', '"x y"');
const flow = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(word, tie('value')), { maxLength: 3 })
      .map((pairs) => `{${pairs.map((pair) => pair.join(': ')).join(', ')}}`),
    fc.array(word, { maxLength: 3 }).map((words) => `{${words.join(', ')}}`),
  ),
})).value;
const block = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    flow.map((text) => ` ${text}`),
    fc.constantFrom(
      ' |\n  x\n   y\n',
      ' >-\n  x\n  y\n',
      ' # nothing',
      ' &new\n  k: 1',
      ' *base',
      ' &new {p: 1, q: two}',
    ),
    fc.array(fc.tuple(fc.oneof(word, fc.constant('<<')), tie('value')), { minLength: 1, maxLength: 4 }).map((pairs) =>
      pairs
        .map(([key, value]) => `\n${key}:${value}`)
        .join('')
        .replaceAll('\n', '\n  '),
    ),
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map((items) =>
      items
        .map((item) => `\n-${item}`)
        .join('')
        .replaceAll('\n', '\n  '),
    ),
  ),
})).value;
const document = fc
  .array(fc.tuple(word, block), { minLength: 1, maxLength: 5 })
  .map((pairs) => `base: &base {p: 0, r: yes}\n${pairs.map(([key, value]) => `${key}:${value}`).join('\n')}\n`)
  // PyYAML takes each name once.
  .map((text) => text.split('&new').reduce((before, rest, index) => `${before}&n${index}${rest}`));

describe('YAML 1.1, compared with PyYAML', () => {
  before('PyYAML', function () {
    if (spawnSync('python3', ['-c', 'import yaml']).status !== 0) this.skip();
  });

  it('scalars have the same types and values', () => {
    compare(fc.sample(scalar, { numRuns: 2000, seed: 5 }).map((text) => `k: ${text}`));
  });

  it('documents have the same values', () => {
    compare(fc.sample(document, { numRuns: 400, seed: 5 }));
  });
});
