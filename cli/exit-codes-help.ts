import { EXIT_CODES } from './exit-codes.js';
import { roomBehind } from './output/table.js';
import { wrapText } from './output/text-width.js';

const INDENT = 7;

/** What `--help` and `help exit-codes` show of exit codes, in so many columns; without a number nothing is wrapped. */
export function exitCodesHelp(columns: number | undefined): string {
  const lines = EXIT_CODES.map(([code, meaning]) => {
    const wrapped = wrapText(meaning, roomBehind(INDENT, columns)).join(`\n${' '.repeat(INDENT)}`);
    return `  ${code.padEnd(INDENT - 2)}${wrapped}`;
  });
  return ['Exit codes:', ...lines].join('\n');
}
