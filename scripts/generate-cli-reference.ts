/** Writes docs/cli.md and the man pages in man/ from what the commands in cli/ declare, which is also what --help shows. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };
import { describedGroups } from './cli-reference/commands.js';
import { toManPages } from './cli-reference/man.js';
import { toMarkdown } from './cli-reference/markdown.js';

const groups = describedGroups();
writeFileSync('docs/cli.md', toMarkdown(groups));
rmSync('man', { recursive: true, force: true });
mkdirSync('man');
for (const [name, text] of toManPages(groups, manifest.version)) writeFileSync(`man/${name}.1`, text);
