import { Char, JsonError, type Scanner, TOO_DEEP } from './scanner.js';

/** How deep Go goes. */
const MAX_DEPTH = 10_000;

/** Steps over a whole value of any type. Not by recursion: it may be nested deeper than the stack would take. */
export function skipValue(scanner: Scanner): void {
  /** What closes the containers that are open. */
  const open: number[] = [];
  do {
    const code = scanner.peek();
    if (code === Char.OPEN || code === Char.OPEN_LIST) {
      const close = code === Char.OPEN ? Char.CLOSE : Char.CLOSE_LIST;
      scanner.pos++;
      if (open.push(close) > MAX_DEPTH) throw new JsonError(TOO_DEEP);
      if (scanner.peek() !== close) {
        if (code === Char.OPEN) scanner.fieldName();
        continue;
      }
    } else skipScalar(scanner, code);
    closeAll(scanner, open);
  } while (open.length > 0);
}

function skipScalar(scanner: Scanner, code: number): void {
  if (code === Char.QUOTE) scanner.string();
  else if (scanner.number() === undefined && !scanner.word('null') && !scanner.word('true') && !scanner.word('false')) {
    throw scanner.unexpected();
  }
}

/** Steps over all brackets that close here, and over the comma and the name that lead to the next value. */
function closeAll(scanner: Scanner, open: number[]): void {
  for (let close = open.at(-1); close !== undefined; close = open.at(-1)) {
    if (scanner.peek() === Char.COMMA) {
      scanner.pos++;
      if (close === Char.CLOSE) scanner.fieldName();
      return;
    }
    if (scanner.peek() !== close) throw scanner.unexpected();
    scanner.pos++;
    open.pop();
  }
}
