import { labelValue, qualifiedKey } from '../kinds/names.js';
import { type Requirement, satisfies } from '../kinds/requirement.js';
import { badRequest } from '../store/status-error.js';

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether labels match. */
export type LabelMatch = (labels: Labels) => boolean;

const operators: Readonly<Record<string, string>> = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' };
const word = '[^\\s=!,()<>]';
/** `!key`, `key`, `key=value` and its like, `key in (values)`. */
const pattern = RegExp(
  `^\\s*(?:!\\s*(?<absent>${word}+)|(?<key>${word}+)\\s*(?:(?<operator>==?|!=|[<>])\\s*(?<value>${word}*)` +
    '|\\s(?<set>in|notin)\\s*\\((?<values>[^()]*)\\))?)\\s*$',
);

/** Parses a label selector (`a=b,c!=d,e in (f,g),!h`); undefined matches everything; throws BadRequest. */
export function parseLabelSelector(selector: string | null): LabelMatch | undefined {
  if (selector === null || selector.trim() === '') return undefined;
  // At commas that are not in parentheses.
  const requirements = selector.split(/,(?![^(]*\))/).map(requirement);
  return (labels = {}) =>
    requirements.every((wanted) =>
      satisfies(Object.hasOwn(labels, wanted.key) ? labels[wanted.key] : undefined, wanted),
    );
}

function requirement(text: string): Requirement {
  const { absent, key = absent, operator, value, set, values } = pattern.exec(text)?.groups ?? {};
  if (key === undefined) {
    throw unparsable(
      `${JSON.stringify(text)} is neither a key, nor one with !, =, ==, !=, <, >, "in (a,b)" or "notin (a,b)"`,
    );
  }
  const [problem] = qualifiedKey(key);
  if (problem !== undefined) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  if (absent !== undefined) return { key, operator: 'DoesNotExist' };
  if (values !== undefined) {
    const names = values.split(',').map((name) => checked(name.trim()));
    return { key, operator: set === 'in' ? 'In' : 'NotIn', values: names };
  }
  if (operator === undefined || value === undefined) return { key, operator: 'Exists' };
  if ((operator === '>' || operator === '<') && !Number.isInteger(Number(value))) {
    throw invalidValue(value, "for 'Gt', 'Lt' operators, the value must be an integer");
  }
  return { key, operator: operators[operator] ?? '', values: [checked(value)] };
}

function checked(value: string): string {
  const [problem] = labelValue(value);
  if (problem !== undefined) throw invalidValue(value, problem);
  return value;
}

function invalidValue(value: string, why: string): Error {
  return unparsable(`values[0]: Invalid value: ${JSON.stringify(value)}: ${why}`);
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
