/** The target of a request line. */

/** A path, still escaped, and a query. */
export interface Target {
  readonly path: string;
  readonly query: string;
}

/** Splits a request target in origin or absolute form. A path without a slash in front is left as it is. */
export function parseTarget(url: string): Target {
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/.exec(url);
  const rest = absolute ? url.slice(absolute[0].length) : url;
  const question = rest.indexOf('?');
  if (question < 0) return { path: rest, query: '' };
  return { path: rest.slice(0, question), query: rest.slice(question + 1) };
}
