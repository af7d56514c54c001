/** Finds the route of a request: per method, the one registered last goes first. */

import type { PathTemplate } from './path-template.js';
import { isDefaultEncoding, type UnescapingMode, unescapeAll, unescapeCapture } from './unescape.js';

/** Something that can be routed to. */
export interface Routable {
  /** HTTP method, upper case. */
  readonly method: string;
  readonly template: PathTemplate;
}

/** A route and the values of its variables, in the template's order. */
export interface Match<R> {
  readonly route: R;
  readonly values: readonly string[];
}

/** How paths are matched. */
export interface RouterOptions {
  readonly unescapingMode?: UnescapingMode | undefined;
  /** `**` behind another segment has to match at least one segment. */
  readonly strictDeepWildcard?: boolean | undefined;
}

/** A path, split for matching. */
interface Target {
  readonly parts: readonly string[];
  readonly mode: UnescapingMode;
}

/** All routes of a bridge. */
export class Router<R extends Routable> {
  readonly #routes = new Map<string, R[]>();
  readonly #options: RouterOptions;

  constructor(routes: Iterable<R>, options: RouterOptions) {
    this.#options = options;
    for (const route of routes) {
      const same = this.#routes.get(route.method);
      if (same) same.unshift(route);
      else this.#routes.set(route.method, [route]);
    }
  }

  /** The route of a method and an escaped path (well formed, beginning with a slash). */
  find(method: string, path: string): Match<R> | undefined {
    const routes = this.#routes.get(method);
    if (!routes) return undefined;
    const target = this.#split(path);
    for (const route of routes) {
      const values = this.#match(route.template, target);
      if (values) return { route, values };
    }
    return undefined;
  }

  /** Whether another method has a route for the path. */
  knows(path: string): boolean {
    const target = this.#split(path);
    for (const routes of this.#routes.values()) {
      if (routes.some((route) => this.#match(route.template, target))) return true;
    }
    return false;
  }

  #split(path: string): Target {
    const wanted = this.#options.unescapingMode ?? 'legacy';
    if (!path.includes('%') && wanted === 'legacy') return { parts: path.slice(1).split('/'), mode: wanted };
    const decoded = unescapeAll(path);
    if (wanted === 'legacy' || isDefaultEncoding(path, decoded)) {
      return { parts: decoded.slice(1).split('/'), mode: 'legacy' };
    }
    return { parts: path.slice(1).split(wanted === 'all-characters' ? /\/|%2[fF]/ : '/'), mode: wanted };
  }

  #match(template: PathTemplate, { parts, mode }: Target): string[] | undefined {
    const { segments, deep, verb } = template;
    const count = parts.length;
    const spread = count - segments.length + 1; // how many parts `**` takes
    if (deep < 0 ? spread !== 1 : spread < 0) return undefined;
    if (deep > 0 && spread === 0 && this.#options.strictDeepWildcard) return undefined;
    let last = parts[count - 1] ?? '';
    if (verb !== '') {
      if (last.length <= verb.length + 1 || !last.endsWith(`:${verb}`)) return undefined;
      last = last.slice(0, -verb.length - 1);
    }
    for (let at = 0; at < segments.length; at++) {
      const segment = segments[at];
      if (typeof segment !== 'object') continue;
      const index = deep >= 0 && at > deep ? at + spread - 1 : at;
      if ((index === count - 1 ? last : parts[index]) !== segment.literal) return undefined;
    }
    return template.variables.map(({ start, end }) => {
      const pieces: string[] = [];
      for (let at = start; at < end; at++) {
        const from = deep >= 0 && at > deep ? at + spread - 1 : at;
        const until = at === deep ? from + spread : from + 1;
        const taken = parts.slice(from, until);
        if (until === count && taken.length > 0) taken[taken.length - 1] = last;
        const text = taken.join('/');
        pieces.push(typeof segments[at] === 'string' ? unescapeCapture(text, mode, at === deep) : text);
      }
      return pieces.join('/');
    });
  }
}
