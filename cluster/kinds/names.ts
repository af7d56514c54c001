const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const value = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const configKey = '[-._a-zA-Z0-9]+';

/** A rule in the words of the API: `what` with examples, as a pattern, and at most so many characters, in the word that it has for them. */
function rule(
  what: string,
  examples: string,
  pattern: string,
  limit: number,
  unit = 'bytes',
): (text: string) => string[] {
  const whole = new RegExp(`^(${pattern})$`);
  const message = `${what} (e.g. ${examples}, regex used for validation is '${pattern}')`;
  return (text) => [
    ...(Buffer.byteLength(text) > limit ? [`must be no more than ${limit} ${unit}`] : []),
    ...(whole.test(text) ? [] : [message]),
  ];
}

const nameCharacters =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const nameExamples = "'MyName',  or 'my.name',  or '123-abc'";
const plainLabel = rule(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
    'alphanumeric character',
  "'my-name',  or '123-abc'",
  label,
  63,
  'characters',
);
const namePart = rule(nameCharacters, nameExamples, qualified, 63);
const plainKey = rule(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "'key.name',  or 'KEY_NAME',  or 'key-name'",
  configKey,
  253,
);

/** Why the text is no DNS label; empty if it is one. */
export function dnsLabel(text: string): string[] {
  return text.includes('.') ? ['must not contain dots'] : plainLabel(text);
}

/** Why the text is no DNS subdomain; empty if it is one. */
export const dnsSubdomain: (text: string) => string[] = rule(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
    'with an alphanumeric character',
  "'example.com'",
  subdomain,
  253,
  'characters',
);

/** Why the text is no key of a label or annotation, or whatever `what` says; empty if it is one. */
export function qualifiedKey(text: string, what = 'a qualified name'): string[] {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `${what} ${nameCharacters} (e.g. ${nameExamples}, regex used for validation is '${qualified}') with an ` +
        "optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  return [
    ...(prefix === '' ? ['prefix part must be non-empty'] : []),
    ...(prefix ? dnsSubdomain(prefix).map((why) => `prefix part ${why}`) : []),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...namePart(name).map((why) => `name part ${why}`),
  ];
}

/** Why the text is no value of a label; empty if it is one. */
export const labelValue: (text: string) => string[] = rule(
  `a valid label must be an empty string or ${nameCharacters.slice('must '.length)}`,
  "'MyValue',  or 'my_value',  or '12345'",
  value,
  63,
);

/** Why the text is no key of a ConfigMap or Secret; empty if it is one. */
export function dataKey(text: string): string[] {
  return text === '.' || text === '..' ? [`must not be '${text}'`] : plainKey(text);
}

/** Why the text is no name of an environment variable; empty if it is one. */
export function variableName(text: string): string[] {
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}
