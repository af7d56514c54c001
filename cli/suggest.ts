/** What kubectl, docker, gh and sky call what is done here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  launch: 'submit',
  run: 'submit',
  apply: 'submit',
  ls: 'list',
  ps: 'list',
  get: 'list',
  queue: 'list',
  describe: 'status',
  show: 'status',
  view: 'status',
  cancel: 'stop',
  kill: 'stop',
  rm: 'delete',
  remove: 'delete',
  restart: 'rerun',
  retry: 'rerun',
  tail: 'logs',
  ssh: 'exec',
  attach: 'exec',
};

/** The verb that a mistyped one, or one of another program, most likely means; undefined when there is none. */
export function meant(word: string, verbs: readonly string[]): string | undefined {
  const here = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : undefined;
  return verbs.find((verb) => verb === here) ?? nearest(word, verbs);
}

/** The candidate that a mistyped or shortened word most likely means; undefined when there is none. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const longer = word === '' ? [] : candidates.filter((candidate) => candidate.startsWith(word));
  return best ?? (longer.length === 1 ? longer[0] : undefined);
}

/** Number of letters to insert, delete, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      }
      row[j] = value;
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
