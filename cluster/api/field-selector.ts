import type { Kind } from '../kinds/kind.js';
import type { KubeObject } from '../store/object.js';
import { badRequest } from '../store/status-error.js';

/** Whether an object matches. */
export type ObjectMatch = (object: KubeObject) => boolean;

/** Parses a field selector (`metadata.name=x,status.phase!=Running`) for the kind; undefined matches everything; throws BadRequest. */
export function parseFieldSelector(selector: string | null, kind: Kind): ObjectMatch | undefined {
  if (selector === null || selector === '') return undefined;
  const terms = split(selector)
    .filter((term) => term !== '')
    .map((term) => requirement(term, selector, kind));
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

function reader(field: string, kind: Kind): (object: KubeObject) => string {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name;
  if (field === 'metadata.namespace' && kind.resource.namespaced) return ({ metadata }) => metadata.namespace ?? '';
  const own =
    kind.selectable !== undefined && Object.hasOwn(kind.selectable, field) ? kind.selectable[field] : undefined;
  if (own !== undefined) return own;
  const quoted = JSON.stringify(field);
  if (kind.selectable === undefined) {
    throw badRequest(`${quoted} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
  throw badRequest(
    kind.resource.group === ''
      ? `field label not supported: ${field}`
      : `field label ${quoted} not supported for ${kind.resource.kind}`,
  );
}

/** Splits at commas that are not escaped. */
function split(selector: string): string[] {
  const terms = [''];
  for (let index = 0; index < selector.length; index += 1) {
    const character = selector[index] as string;
    if (character === '\\') {
      terms[terms.length - 1] += character + (selector[index + 1] ?? '');
      index += 1;
    } else if (character === ',') terms.push('');
    else terms[terms.length - 1] += character;
  }
  return terms;
}

/** The single name that the selector allows, if it does no more than that: then the object can be looked up. */
export function onlyName(selector: string | null): string | undefined {
  return /^metadata\.name==?([^,\\=!]+)$/.exec(selector ?? '')?.[1];
}
