/** A text of the server about a task file, with the position that it begins with put in the way of editors and compilers. */

/** `line 3, column 5: words` -> the position and the words. */
export function splitPlace(text: string): { readonly place: string; readonly words: string } {
  const match = /^line (\d+), column (\d+): /.exec(text);
  return match ? { place: `:${match[1]}:${match[2]}`, words: text.slice(match[0].length) } : { place: '', words: text };
}
