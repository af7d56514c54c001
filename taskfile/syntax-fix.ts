import type { YAMLError } from 'yaml';

/** Whatever has no words of its own. */
const LOOK =
  'look for a missing quote, bracket or colon up to here, and see that lines of one mapping begin in one column';

const FIXES: Partial<Readonly<Record<YAMLError['code'], string>>> = {
  ALIAS_PROPS: 'leave the anchor or tag before * out',
  BAD_ALIAS: 'write the name of an anchor behind &, or put the text into quotes',
  BAD_DIRECTIVE: 'leave the line with % out',
  BAD_DQ_ESCAPE: 'write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'indent lines that belong together by the same number of spaces',
  BAD_SCALAR_START: 'put the text into quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put a text with ": " in it into quotes, or below a | on lines of its own; indent lines alike',
  BLOCK_IN_FLOW: 'write it in brackets too, or all of it without brackets',
  MULTILINE_IMPLICIT_KEY: 'write `name: value`, and a text of several lines below a |',
  TAB_AS_INDENT: 'indent with spaces',
};
/** Codes that mean several things. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/end with a/, 'close the bracket'],
  [/^Missing ,/, 'put a comma between the items'],
  [/followed by map values/, 'write `name: value`'],
  [/^Sequence item without -/, 'begin each item with "- "'],
  [/^Comments must be separated/, 'put a space before #, or the text into quotes'],
  [/^Block scalar header/, 'begin the text on the line below the | or >'],
];

/** What to do about a text that is no YAML. */
export function syntaxFix({ code, message }: YAMLError): string {
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? FIXES[code] ?? LOOK;
}
