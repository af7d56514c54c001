import type { Kind } from '../kinds/kind.js';
import type { KubeObject } from '../store/object.js';
import { badRequest } from '../store/status-error.js';

/** Whether an object matches. */
export type ObjectMatch = (object: KubeObject) => boolean;

/** Parses a field selector (`metadata.name=x,status.phase!=Running`) for the kind; undefined matches everything; throws BadRequest. */
export function parseFieldSelector(selector: string | null, kind: Kind): ObjectMatch | undefined {
  if (selector === null || selector === '') return undefined;
  const terms = split(selector).map((term) => requirement(term, selector, kind));
  return (object) => terms.every((matches) => matches(object));
}

function requirement(term: string, selector: string, kind: Kind): ObjectMatch {
  const match = /^([^=!]*)(==|!=|=)(.*)$/s.exec(term);
  if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  const [, field = '', operator, value = ''] = match;
  const read = reader(field, kind);
  const wanted = value.replace(/\\([\\,=])/g, '$1');
  return operator === '!=' ? (object) => read(object) !== wanted : (object) => read(object) === wanted;
}

function reader(field: string, { resource, selectable }: Kind): (object: KubeObject) => string {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name;
  if (field === 'metadata.namespace' && resource.namespaced) return ({ metadata }) => metadata.namespace ?? '';
  const quoted = JSON.stringify(field);
  if (selectable === undefined) {
    throw badRequest(`${quoted} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
  const read = Object.hasOwn(selectable, field) ? selectable[field] : undefined;
  if (read !== undefined) return (object) => String(read(object) ?? '');
  if (resource.group === '') throw badRequest(`field label not supported: ${field}`);
  throw badRequest(`field label ${quoted} not supported for ${resource.kind}`);
}

/** Splits at commas that are not escaped. */
function split(selector: string): string[] {
  return selector.match(/(?:\\[^]?|[^\\,])+/g) ?? [];
}
