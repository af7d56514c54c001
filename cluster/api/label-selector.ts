import { qualifiedKey, labelValue } from '../kinds/names.js';
import { badRequest } from '../store/status-error.js';

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether labels match. */
export type LabelMatch = (labels: Labels) => boolean;

interface Token {
  text: string;
  kind: 'word' | 'symbol' | 'end';
}

/** Parses a label selector (`a=b,c!=d,e in (f,g),!h`); undefined matches everything; throws BadRequest. */
export function parseLabelSelector(selector: string | null): LabelMatch | undefined {
  if (selector === null || selector.trim() === '') return undefined;
  const requirements = new Parser(tokens(selector)).requirements();
  return (labels) => requirements.every((matches) => matches(labels));
}

function tokens(selector: string): Token[] {
  const found: Token[] = [];
  const pattern = /\s*(==|!=|[=!,()<>]|[^\s=!,()<>]+)/gy;
  for (let match = pattern.exec(selector); match !== null; match = pattern.exec(selector)) {
    const text = match[1] ?? '';
    found.push({ text, kind: /^[=!,()<>]/.test(text) ? 'symbol' : 'word' });
  }
  found.push({ text: '', kind: 'end' });
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  requirements(): LabelMatch[] {
    const { text: first, kind: firstKind } = this.#peek();
    if (firstKind === 'symbol' && first !== '!') {
      throw badRequest(`found '${first}', expected: !, identifier, or 'end of string'`);
    }
    const found: LabelMatch[] = [];
    for (;;) {
      found.push(this.#requirement());
      const { text, kind } = this.#next();
      if (kind === 'end') return found;
      if (text !== ',') throw badRequest(`found '${text}', expected: ',' or 'end of string'`);
      if (this.#peek().kind === 'end') throw badRequest("found '', expected: identifier after ','");
    }
  }

  #requirement(): LabelMatch {
    const absent = this.#take('!');
    const key = this.#key();
    if (absent) return (labels) => !has(labels, key);
    const { text, kind } = this.#peek();
    if (kind === 'end' || text === ',') return (labels) => has(labels, key);
    this.#position += 1;
    switch (text) {
      case '=':
      case '==': {
        const value = this.#value();
        return (labels) => has(labels, key) && labels?.[key] === value;
      }
      case '!=': {
        const value = this.#value();
        return (labels) => !has(labels, key) || labels?.[key] !== value;
      }
      case 'in': {
        const values = this.#values();
        return (labels) => has(labels, key) && values.has(labels?.[key] ?? '');
      }
      case 'notin': {
        const values = this.#values();
        return (labels) => !has(labels, key) || !values.has(labels?.[key] ?? '');
      }
      case '>':
      case '<': {
        const value = this.#value();
        const bound = Number(value);
        if (!Number.isInteger(bound))
          throw unparsable(
            `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
          );
        return (labels) => {
          const number = Number(labels?.[key] ?? Number.NaN);
          return text === '>' ? number > bound : number < bound;
        };
      }
      default:
        throw expected(text, 'in, notin, =, ==, !=, gt, lt');
    }
  }

  #key(): string {
    const { text, kind } = this.#next();
    if (kind !== 'word') throw expected(text, 'identifier');
    const [problem] = qualifiedKey(text);
    if (problem !== undefined) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(text)}: ${problem}`);
    return text;
  }

  /** A value may be empty. */
  #value(): string {
    const { text, kind } = this.#peek();
    if (kind === 'end' || text === ',') return '';
    this.#position += 1;
    if (kind !== 'word') throw expected(text, 'identifier');
    return checked(text);
  }

  #values(): Set<string> {
    const open = this.#next();
    if (open.text !== '(') throw unparsable(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    for (;;) {
      const { text, kind } = this.#next();
      if (kind === 'end') throw expected('', "',' or ')'");
      if (text === ')') return values.size === 0 ? new Set(['']) : values;
      if (text === ',') continue;
      if (kind !== 'word') throw expected(text, "',' or ')'");
      values.add(checked(text));
    }
  }

  #take(text: string): boolean {
    if (this.#peek().text !== text) return false;
    this.#position += 1;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? { text: '', kind: 'end' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }
}

function checked(value: string): string {
  const [problem] = labelValue(value);
  if (problem !== undefined) throw unparsable(`values[0]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
  return value;
}

function has(labels: Labels, key: string): boolean {
  return labels !== undefined && Object.hasOwn(labels, key);
}

function expected(found: string, wanted: string): Error {
  return unparsable(`found '${found}', expected: ${wanted}`);
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
