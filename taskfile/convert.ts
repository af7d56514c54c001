import { type Alias, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { pythonStr } from './python-str.js';
import type { Report } from './report.js';
import { plainScalar } from './scalars.js';
import { type At, describe, type Entry, joinPath, type MapNode, quote, type TreeNode } from './tree.js';

// What aliases may make of a file, counted as if each were written out.
const MAX_EXPANDED_NODES = 50_000;
const TAG_PREFIX = 'tag:yaml.org,2002:';
const COLLECTION_TAGS = new Set(['map', 'seq', 'set']);
const TAG_FIX = 'leave the tag out';

interface Sized {
  tree: TreeNode;
  /** Nodes in it, aliases written out. */
  size: number;
}

/**
 * The library's nodes as a tree: scalars get their YAML 1.1 types, aliases and merge keys are resolved, duplicate keys refused.
 * Undefined when aliases make the file too large.
 */
export function convertNode(root: unknown, place: (offset: number) => At, report: Report): TreeNode | undefined {
  const anchors = new Map<string, Sized | 'unfinished'>();
  let tooLarge = false;

  const refuse = (path: string, at: At, message: string, fix: string): Sized => {
    report.refuse({ path, at }, message, fix);
    return { tree: { kind: 'null', at }, size: 1 };
  };

  const convert = (node: unknown, path: string): Sized => {
    if (isAlias(node)) return resolveAlias(node, path);
    if (!isScalar(node) && !isSeq(node) && !isMap(node)) return { tree: { kind: 'null', at: place(0) }, size: 1 };
    if (node.anchor !== undefined) anchors.set(node.anchor, 'unfinished');
    const result = isScalar(node) ? convertScalar(node, path) : convertCollection(node, path);
    if (node.anchor !== undefined) anchors.set(node.anchor, result);
    if (result.size > MAX_EXPANDED_NODES && !tooLarge) {
      tooLarge = true;
      refuse('', placeOf(node), 'aliases make this too large for a task file', 'write the values out');
    }
    return result;
  };

  const placeOf = (node: Scalar | YAMLSeq | YAMLMap | Alias): At => place(node.range?.[0] ?? 0);

  const resolveAlias = (node: Alias, path: string): Sized => {
    const at = placeOf(node);
    const name = quote(node.source);
    const target = anchors.get(node.source);
    if (target === undefined) {
      const fix = 'write an anchor (&name) before what is meant, or put the text into quotes';
      return refuse(path, at, `the alias ${name} means nothing that stands before it`, fix);
    }
    if (target === 'unfinished') {
      return refuse(path, at, `the alias ${name} stands inside of what it means`, 'write the values out');
    }
    return { tree: { ...target.tree, at }, size: target.size };
  };

  const convertScalar = (node: Scalar, path: string): Sized => {
    const at = placeOf(node);
    const text = String(node.value);
    const tree = node.tag === undefined || node.tag === '!' ? untagged(node, text, at) : tagged(node.tag, text, at);
    return tree === undefined
      ? refuse(path, at, `the tag ${quote(node.tag ?? '')} does not fit here`, TAG_FIX)
      : { tree, size: 1 };
  };

  const convertCollection = (node: YAMLSeq | YAMLMap, path: string): Sized => {
    const at = placeOf(node);
    if (node.tag !== undefined && !COLLECTION_TAGS.has(shortTag(node.tag))) {
      return refuse(path, at, `the tag ${quote(node.tag)} does not fit here`, TAG_FIX);
    }
    if (isMap(node)) return convertMap(node.items, at, path);
    const items = node.items.map((item, index) => convert(item, joinPath(path, String(index))));
    return { tree: { kind: 'list', items: items.map((item) => item.tree), at }, size: total(items) };
  };

  const convertMap = (pairs: readonly Pair[], at: At, path: string): Sized => {
    const own = new Map<string, Entry>();
    const merged: Entry[] = [];
    const sizes: Sized[] = [];
    for (const pair of pairs) {
      if (isMergeKey(pair.key)) {
        const source = convert(pair.value, path);
        sizes.push(source);
        // Of several << the last wins, of the mappings in one of them the first.
        merged.unshift(...mergeEntries(source.tree, path));
        continue;
      }
      const key = convertKey(pair.key, path);
      if (key === undefined) continue;
      const value = convert(pair.value, joinPath(path, key.written));
      sizes.push(value);
      const first = own.get(key.key);
      if (first === undefined) own.set(key.key, { ...key, value: value.tree });
      else {
        const message = `is given twice, first on line ${first.keyAt?.line}`;
        refuse(joinPath(path, key.written), key.keyAt, message, 'keep one of the two');
      }
    }
    return { tree: withMerged(own, merged, at), size: total(sizes) };
  };

  const convertKey = (node: unknown, path: string): Omit<Entry, 'value'> | undefined => {
    const { tree } = convert(node, path);
    const key = tree.kind === 'null' ? 'None' : pythonStr(tree);
    if (key === undefined) {
      refuse(path, tree.at, `${describe(tree)} cannot be a key`, 'use a word');
      return undefined;
    }
    const written = isScalar(node) && typeof node.value === 'string' ? node.value : key;
    return { key, written, keyAt: tree.at };
  };

  const mergeEntries = (source: TreeNode, path: string): readonly Entry[] => {
    if (tooLarge) return [];
    if (source.kind === 'map') return source.entries;
    const maps = source.kind === 'list' ? source.items.filter((item) => item.kind === 'map') : [];
    if (source.kind === 'list' && maps.length === source.items.length) return maps.flatMap((map) => map.entries);
    refuse(path, source.at, '<< takes a mapping or a list of mappings', 'write `<<: *anchor`');
    return [];
  };

  const { tree } = convert(root, '');
  return tooLarge ? undefined : tree;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function untagged(node: Scalar, text: string, at: At): TreeNode {
  return node.type === 'PLAIN' ? plainScalar(text, at) : { kind: 'string', value: text, at };
}

function tagged(tag: string, text: string, at: At): TreeNode | undefined {
  const name = shortTag(tag);
  if (name === 'str') return { kind: 'string', value: text, at };
  const typed = plainScalar(text, at);
  if (name === 'float' && typed.kind === 'int') return { kind: 'float', value: Number(typed.value), at };
  return typed.kind === (name === 'timestamp' ? 'date' : name) ? typed : undefined;
}

function shortTag(tag: string): string {
  return tag.startsWith(TAG_PREFIX) ? tag.slice(TAG_PREFIX.length) : tag;
}

/** A mapping's own keys win over merged ones, and among those the earlier. */
function withMerged(own: ReadonlyMap<string, Entry>, merged: readonly Entry[], at: At): MapNode {
  const all = new Map<string, Entry>();
  for (const entry of merged) if (!own.has(entry.key) && !all.has(entry.key)) all.set(entry.key, entry);
  for (const [key, entry] of own) all.set(key, entry);
  return { kind: 'map', entries: [...all.values()], at };
}

function total(items: readonly Sized[]): number {
  return items.reduce((sum, item) => sum + item.size, 1);
}
