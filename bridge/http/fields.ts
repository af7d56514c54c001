/** Header fields: names in lower case and values, in turns, in the order in which they came. Each character is a byte. */
export type Fields = readonly string[];

/** The first value of a field; undefined when there is none. */
export function firstOf(fields: Fields, name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

/** All values of a field, in order. */
export function valuesOf(fields: Fields, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) values.push(fields[at + 1] ?? '');
  return values;
}

/** Whether one of the values, which are lists, has this element. Elements are compared without regard to case. */
export function hasElement(values: readonly string[], wanted: string): boolean {
  return values.some((value) => value.split(',').some((element) => trim(element).toLowerCase() === wanted));
}

/** Whether a word stands in a value, between commas or blanks: Go's other way to look for an element. */
export function hasWord(value: string, word: string): boolean {
  return value
    .toLowerCase()
    .split(/[ \t,]/)
    .includes(word);
}

/** A text without the blanks around it. */
export function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (from < to && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Whether a character is a space or a tab. */
export function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x09;
}
