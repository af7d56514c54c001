const ASCII = /^[\u0020-\u007e]*$/;

/** Columns of a terminal that a text without control characters takes. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, cut to so many columns; the last one is then an ellipsis. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let taken = 1;
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** The text in lines of at most so many columns, broken between words where that is possible. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const [full, rest] = breakWord(word, width);
    lines.push(...full);
    line = rest;
  }
  return [...lines, line];
}

/** Pieces of exactly the width, and what remains. */
function breakWord(word: string, width: number): [full: string[], rest: string] {
  const full: string[] = [];
  let piece = '';
  for (const character of word) {
    if (textWidth(piece + character) > width && piece !== '') {
      full.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [full, piece];
}

function characterWidth(character: string): number {
  // Not constants of the module: to read these expressions takes longer than most commands need them for, which is not at all.
  // Characters that sit on the one before them.
  if (/[\p{Mark}\u200b-\u200d\ufeff]/u.test(character)) return 0;
  // Scripts and symbols whose characters take two columns of a terminal.
  const wide =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
  return wide.test(character) ? 2 : 1;
}
