/**
 * The fields that a JSON text, which is known to be valid, gives more than once in one object, by their paths such as
 * `data.a` or `spec.containers[0].name`. JSON.parse keeps the last of them and says nothing.
 */
export function duplicateFields(text: string): string[] {
  const duplicates: string[] = [];
  /** The objects and lists around the current place; of an object the names so far, of a list how many items. */
  const open: { path: string; names?: Set<string>; index: number; last: string }[] = [];
  // Outside of strings only these characters matter.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    const inner = open.at(-1);
    if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (inner !== undefined) inner.index += 1;
    } else if (token === '{' || token === '[') {
      const path = inner === undefined ? '' : pathIn(inner);
      open.push({ path, index: 0, last: '', ...(token === '{' ? { names: new Set() } : {}) });
    } else if (
      inner?.names !== undefined &&
      /^\s*:/.test(text.slice(index + token.length, index + token.length + 32))
    ) {
      inner.last = JSON.parse(token) as string;
      if (inner.names.has(inner.last)) duplicates.push(pathIn(inner));
      inner.names.add(inner.last);
    }
  }
  return duplicates;
}

function pathIn({ path, names, index, last }: { path: string; names?: unknown; index: number; last: string }): string {
  if (names === undefined) return `${path}[${index}]`;
  return path === '' ? last : `${path}.${last}`;
}
