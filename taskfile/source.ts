import { visible } from './tree.js';

/** The text of a task file, for showing lines of it beside what is said about them. */
export interface Source {
  /** Line `line`, from 1, as it may be shown about `field`; undefined where it may hold a secret, or is not there. */
  show(field: string, line: number): string | undefined;
  /** Whether nothing that stands in a field, or on a line, may be repeated. */
  hides(field: string, line: number | undefined): boolean;
  /** Whether it may hold secrets at all. */
  readonly hasSecrets: boolean;
}

const BEGINS = /(?:^|[\s{,'"])(?:managed_)?secrets?['"]?\s*:|SKYPILOT_DOCKER_/;
const TOP_LEVEL_KEY = /^[A-Za-z_"'?]/;
const SECRET_FIELD = /^(?:managed_)?secret|SKYPILOT_DOCKER_/i;
const MAX_LENGTH = 200;

/** The lines of a text; of an empty one where the task did not come as text. */
export function sourceOf(text: string): Source {
  let known: { readonly lines: readonly string[]; readonly secret: ReadonlySet<number> } | undefined;
  // Made when first asked for: of most texts nothing is said.
  const read = (): NonNullable<typeof known> => {
    if (known === undefined) {
      const lines = text.split(/\r\n?|\n/);
      known = { lines, secret: secretLines(lines) };
    }
    return known;
  };
  const hides = (field: string, line: number | undefined): boolean =>
    SECRET_FIELD.test(field) || (line !== undefined && read().secret.has(line));
  return {
    hides,
    get hasSecrets() {
      return read().secret.size > 0;
    },
    show: (field, line) => {
      const shown = hides(field, line) ? undefined : read().lines[line - 1];
      return shown === undefined ? undefined : visible(shown.trimEnd().replaceAll('\t', ' '), MAX_LENGTH);
    },
  };
}

/** Numbers of the lines that may hold secrets: known before the text is parsed, which it may not let itself be. */
function secretLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let inside = false;
  for (const [index, line] of lines.entries()) {
    if (TOP_LEVEL_KEY.test(line)) inside = false;
    if (BEGINS.test(line)) inside = true;
    if (inside) found.add(index + 1);
  }
  return found;
}
