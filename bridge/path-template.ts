/** Path templates of google.api.http: `/v1/{name=shelves/*}/books:verb`. */

/** A part of a path between slashes: text, one segment of any text, or any number of segments. */
export type Segment = { readonly literal: string } | '*' | '**';

/** A variable and the segments that it captures, by their index in the template. */
export interface Variable {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** A parsed template. */
export interface PathTemplate {
  readonly segments: readonly Segment[];
  /** What follows the last colon; empty when there is none. */
  readonly verb: string;
  readonly variables: readonly Variable[];
  /** Index of `**`, -1 when there is none. */
  readonly deep: number;
}

const FIELD_PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const LITERAL = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*$/;

/** Reads a template. Throws an Error that names the template and what is wrong with it. */
export function parsePathTemplate(text: string): PathTemplate {
  const bad = (what: string): Error => new Error(`Invalid path template ${JSON.stringify(text)}: ${what}.`);
  if (!text.startsWith('/')) throw bad('it has to begin with a slash');
  const { path, verb } = splitVerb(text.slice(1));
  const segments: Segment[] = [];
  const variables: Variable[] = [];
  const addSegment = (segment: string, inVariable: boolean): void => {
    if (segment === '*' || segment === '**') segments.push(segment);
    else if (segment === '' && (inVariable || text !== '/')) throw bad('a segment is empty');
    else if (!LITERAL.test(segment)) throw bad(`"${segment}" is not a legal segment`);
    else segments.push({ literal: segment });
  };
  for (const part of splitSegments(path, bad)) {
    if (!part.startsWith('{')) {
      addSegment(part, false);
      continue;
    }
    const inner = part.slice(1, -1);
    const equals = inner.indexOf('=');
    const name = equals < 0 ? inner : inner.slice(0, equals);
    if (!FIELD_PATH.test(name)) throw bad(`"${name}" is not a field path`);
    const start = segments.length;
    for (const segment of equals < 0 ? ['*'] : inner.slice(equals + 1).split('/')) addSegment(segment, true);
    variables.push({ path: name, start, end: segments.length });
  }
  const deep = segments.indexOf('**');
  if (deep !== segments.lastIndexOf('**')) throw bad('it has more than one "**"');
  return { segments, verb, variables, deep };
}

/** A verb follows the last colon of the last segment; behind a variable, the first one. */
function splitVerb(path: string): { path: string; verb: string } {
  const brace = path.lastIndexOf('}');
  const lastSlash = path.lastIndexOf('/');
  const colon = brace > lastSlash ? path.indexOf(':', brace) : path.lastIndexOf(':');
  if (colon <= lastSlash) return { path, verb: '' };
  return { path: path.slice(0, colon), verb: path.slice(colon + 1) };
}

/** Splits at slashes outside of braces. */
function splitSegments(path: string, bad: (what: string) => Error): string[] {
  const parts: string[] = [];
  for (let rest = path; ; ) {
    const end = rest.startsWith('{') ? rest.indexOf('}') + 1 : rest.search(/[/{]|$/);
    if (end === 0 && rest.startsWith('{')) throw bad('a brace is not closed');
    const part = rest.slice(0, end);
    if (part.lastIndexOf('{') > 0) throw bad('variables cannot be nested');
    parts.push(part);
    if (end === rest.length) return parts;
    if (rest[end] !== '/') throw bad('a variable has to be a whole segment');
    rest = rest.slice(end + 1);
  }
}
