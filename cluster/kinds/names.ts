const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const value = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const configKey = '[-._a-zA-Z0-9]+';

function whole(pattern: string): RegExp {
  return new RegExp(`^(${pattern})$`);
}

const patterns = {
  label: whole(label),
  subdomain: whole(subdomain),
  qualified: whole(qualified),
  value: whole(value),
  configKey: whole(configKey),
};

function tooLong(text: string, limit: number): string[] {
  return Buffer.byteLength(text) > limit ? [`must be no more than ${limit} bytes`] : [];
}

/** Why the text is no DNS label; empty if it is one. */
export function dnsLabel(text: string): string[] {
  if (text.includes('.')) return ['must not contain dots'];
  return [
    ...tooLong(text, 63),
    ...(patterns.label.test(text)
      ? []
      : [
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
            `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
        ]),
  ];
}

/** Why the text is no DNS subdomain; empty if it is one. */
export function dnsSubdomain(text: string): string[] {
  return [
    ...tooLong(text, 253),
    ...(patterns.subdomain.test(text)
      ? []
      : [
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
            "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
            `'${subdomain}')`,
        ]),
  ];
}

/** Why the text is no key of a label or annotation; empty if it is one. */
export function qualifiedKey(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
        `'${qualified}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const problems: string[] = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) problems.push(...dnsSubdomain(prefix).map((why) => `prefix part ${why}`));
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!patterns.qualified.test(name)) {
    problems.push(
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
        `character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualified}')`,
    );
  }
  return problems;
}

/** Why the text is no value of a label; empty if it is one. */
export function labelValue(text: string): string[] {
  return [
    ...tooLong(text, 63),
    ...(patterns.value.test(text)
      ? []
      : [
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
            "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
            `validation is '${value}')`,
        ]),
  ];
}

/** Why the text is no key of a ConfigMap or Secret; empty if it is one. */
export function dataKey(text: string): string[] {
  if (text === '.' || text === '..') return [`must not be '${text}'`];
  return [
    ...tooLong(text, 253),
    ...(patterns.configKey.test(text)
      ? []
      : [
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
            `or 'key-name', regex used for validation is '${configKey}')`,
        ]),
  ];
}
