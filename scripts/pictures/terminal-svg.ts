/** What a terminal shows, as a picture. */

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const PADDING = 16;
const BACKGROUND = '#1e1e2e';
const FOREGROUND = '#cdd6f4';
/** Of the codes 30 to 37; the bright ones, 90 to 97, are the same. */
const COLOURS = ['#45475a', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#f5c2e7', '#94e2d5', '#bac2de'];

/** How characters look. */
interface Look {
  readonly colour: string;
  readonly bold: boolean;
  readonly dim: boolean;
}

const PLAIN: Look = { colour: FOREGROUND, bold: false, dim: false };

/** An SVG of what was written to a terminal, with its colours. Everything else that moves the cursor is left out. */
export function terminalSvg(written: string): string {
  const lines = written.replaceAll(/\r+\n/g, '\n').trimEnd().split('\n').map(withoutOverwritten);
  const columns = Math.max(...lines.map((line) => line.replaceAll(SEQUENCE, '').length));
  const width = Math.ceil(columns * CHARACTER_WIDTH + 2 * PADDING);
  const height = lines.length * LINE_HEIGHT + 2 * PADDING;
  let look = PLAIN;
  const texts = lines.map((line, index) => {
    let spans = '';
    for (const { text, after } of pieces(line)) {
      if (text !== '') spans += span(text, look);
      look = after === undefined ? look : changed(look, after);
    }
    return `<text x="${PADDING}" y="${PADDING + (index + 1) * LINE_HEIGHT - 5}">${spans}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">`,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const SEQUENCE = /\u001b\[([0-9;?]*)([A-Za-z])/g;

/** What the last return to the beginning of the line left of it. */
function withoutOverwritten(line: string): string {
  return line.slice(line.lastIndexOf('\r') + 1);
}

/** Text with the codes of the colours behind it, where it is followed by such. */
function* pieces(line: string): Generator<{ readonly text: string; readonly after?: string }> {
  let end = 0;
  for (const { 0: sequence, 1: codes, 2: kind, index } of line.matchAll(SEQUENCE)) {
    const text = line.slice(end, index);
    yield kind === 'm' ? { text, after: codes ?? '' } : { text };
    end = index + sequence.length;
  }
  yield { text: line.slice(end) };
}

function changed(look: Look, codes: string): Look {
  let after = look;
  for (const code of codes.split(';')) after = withCode(after, Number(code));
  return after;
}

function withCode(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 39) return { ...look, colour: FOREGROUND };
  const colour = code >= 30 && code < 100 ? COLOURS[code % 10] : undefined;
  return colour === undefined ? look : { ...look, colour };
}

function span(text: string, { colour, bold, dim }: Look): string {
  const weight = bold ? ' font-weight="bold"' : '';
  const opacity = dim ? ' opacity="0.6"' : '';
  return `<tspan fill="${colour}"${weight}${opacity}>${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
