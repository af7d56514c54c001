import { labelValue, qualifiedKey } from '../kinds/names.js';
import { type Requirement, satisfies } from '../kinds/requirement.js';
import { badRequest } from '../store/status-error.js';

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether labels match. */
export type LabelMatch = (labels: Labels) => boolean;

const operators = new Map([
  ['=', 'In'],
  ['==', 'In'],
  ['in', 'In'],
  ['!=', 'NotIn'],
  ['notin', 'NotIn'],
  ['>', 'Gt'],
  ['<', 'Lt'],
]);

/** Parses a label selector (`a=b,c!=d,e in (f,g),!h`); undefined matches everything; throws BadRequest. */
export function parseLabelSelector(selector: string | null): LabelMatch | undefined {
  if (selector === null || selector.trim() === '') return undefined;
  const requirements = new Parser(selector).requirements();
  return (labels = {}) =>
    requirements.every((wanted) =>
      satisfies(Object.hasOwn(labels, wanted.key) ? labels[wanted.key] : undefined, wanted),
    );
}

class Parser {
  /** Symbols and names, and '' for the end. */
  readonly #words: string[];

  constructor(selector: string) {
    this.#words = [...(selector.match(/==|!=|[=!,()<>]|[^\s=!,()<>]+/g) ?? []), ''];
  }

  requirements(): Requirement[] {
    const first = this.#peek();
    if (isSymbol(first) && first !== '!') {
      throw badRequest(`found '${first}', expected: !, identifier, or 'end of string'`);
    }
    const found: Requirement[] = [];
    for (;;) {
      found.push(this.#requirement());
      const word = this.#next();
      if (word === '') return found;
      if (word !== ',') throw badRequest(`found '${word}', expected: ',' or 'end of string'`);
      if (this.#peek() === '') throw badRequest("found '', expected: identifier after ','");
    }
  }

  #requirement(): Requirement {
    const isAbsent = this.#peek() === '!';
    if (isAbsent) this.#next();
    const key = this.#identifier();
    const [problem] = qualifiedKey(key);
    if (problem !== undefined) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
    if (isAbsent) return { key, operator: 'DoesNotExist' };
    if (['', ','].includes(this.#peek())) return { key, operator: 'Exists' };
    const word = this.#next();
    const operator = operators.get(word);
    if (operator === undefined) throw expected(word, 'in, notin, =, ==, !=, gt, lt');
    const values = word === 'in' || word === 'notin' ? this.#values() : [this.#value()];
    if ((word === '>' || word === '<') && !Number.isInteger(Number(values[0]))) {
      throw invalidValue(values[0], "for 'Gt', 'Lt' operators, the value must be an integer");
    }
    return { key, operator, values };
  }

  #identifier(): string {
    const word = this.#next();
    if (word === '' || isSymbol(word)) throw expected(word, 'identifier');
    return word;
  }

  /** A value may be empty. */
  #value(): string {
    return ['', ','].includes(this.#peek()) ? '' : checked(this.#identifier());
  }

  #values(): string[] {
    const open = this.#next();
    if (open !== '(') throw unparsable(`found '${open}' expected: '('`);
    const values: string[] = [];
    for (let word = this.#next(); word !== ')'; word = this.#next()) {
      if (word === ',') continue;
      if (word === '' || isSymbol(word)) throw expected(word, "',' or ')'");
      values.push(checked(word));
    }
    return values.length === 0 ? [''] : values;
  }

  #peek(): string {
    return this.#words[0] ?? '';
  }

  #next(): string {
    return this.#words.shift() ?? '';
  }
}

function isSymbol(word: string): boolean {
  return /^[=!,()<>]/.test(word);
}

function checked(value: string): string {
  const [problem] = labelValue(value);
  if (problem !== undefined) throw invalidValue(value, problem);
  return value;
}

function invalidValue(value: string | undefined, why: string): Error {
  return unparsable(`values[0]: Invalid value: ${JSON.stringify(value)}: ${why}`);
}

function expected(found: string, wanted: string): Error {
  return unparsable(`found '${found}', expected: ${wanted}`);
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
