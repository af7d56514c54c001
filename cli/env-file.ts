import { usageError } from './errors.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LINE = /^(?:export[ \t]+)?([^\s=#]+)[ \t]*(?:=[ \t]*(.*))?$/s;
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** Looks up a variable of the environment; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/**
 * Variables of a .env file, in its order: `NAME=value`, `export NAME=value`, `NAME` alone for the caller's own value, comments.
 * Values in single quotes are as they are; in double quotes and without quotes `${NAME}` and `${NAME:-default}` are replaced; both
 * kinds of quotes may go over several lines. Throws a CliError that names the line.
 */
export function parseEnvFile(text: string, file: string, lookup: Lookup): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    const refuse = (message: string): never => {
      throw usageError(`${file}:${first + 1}: ${message}`);
    };
    let line = (lines[index] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    while (isOpen(line)) {
      index += 1;
      if (index >= lines.length) refuse('a quote that is opened here is not closed');
      line += `\n${lines[index] ?? ''}`;
    }
    const [, name = '', raw] = LINE.exec(line) ?? [];
    if (!NAME.test(name)) refuse('is not NAME=value; names have letters, digits and "_", beginning with no digit');
    const known: Lookup = (variable) => found.get(variable) ?? lookup(variable);
    const value = raw === undefined ? known(name) : valueOf(raw, known, refuse);
    if (value === undefined) refuse(`${name} is not set in your environment; write ${name}=value`);
    else found.set(name, value);
  }
  return found;
}

const QUOTED = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")[ \t]*(?:#.*)?$/s;

/** Whether the value has a quote at its beginning, and none yet at its end. */
function isOpen(line: string): boolean {
  const value = /^(?:export[ \t]+)?[^\s=#]+[ \t]*=[ \t]*(['"].*)$/s.exec(line)?.[1];
  if (value === undefined) return false;
  return value.startsWith("'") ? !value.includes("'", 1) : !/^"(?:[^"\\]|\\.)*"/s.test(value);
}

function valueOf(raw: string, lookup: Lookup, refuse: (message: string) => never): string {
  const replaced = (text: string): string =>
    text.replace(VARIABLE, (_, name: string, otherwise: string | undefined) => {
      return (
        lookup(name) ?? otherwise ?? refuse(`\${${name}} is not set; write \${${name}:-default}, or use single quotes`)
      );
    });
  const quoted = QUOTED.exec(raw);
  if (quoted?.[1] !== undefined) return quoted[1];
  if (quoted?.[2] !== undefined) {
    return replaced(quoted[2]).replace(/\\(.)/gs, (pair, char: string) => ESCAPES[char] ?? pair);
  }
  if (/^['"]/.test(raw)) refuse('there is something behind the closing quote');
  return replaced(raw.replace(/[ \t]+#.*$/, '').trimEnd());
}
