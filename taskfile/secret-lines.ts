const BEGINS = /(?:^|[\s{,'"])(?:managed_)?secrets?['"]?\s*:|SKYPILOT_DOCKER_/;
const TOP_LEVEL_KEY = /^[A-Za-z_"'?]/;

/** Numbers, from 1, of the lines that may hold secrets: known before the text is parsed, which it may not let itself be. */
export function secretLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let inside = false;
  for (const [index, line] of lines.entries()) {
    if (TOP_LEVEL_KEY.test(line)) inside = false;
    if (BEGINS.test(line)) inside = true;
    if (inside) found.add(index + 1);
  }
  return found;
}
