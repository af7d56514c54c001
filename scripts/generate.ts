/** Generates gen/ from proto/, and docs/rest.md from that. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

for (const folder of ['google', 'gwconf', 'k8scli']) rmSync(`gen/${folder}`, { recursive: true, force: true });
execFileSync('node_modules/.bin/buf', ['generate'], { stdio: 'inherit' });

// The file describes itself with an edition that the types of its own generator do not know yet.
const descriptor = 'gen/google/protobuf/descriptor.ts';
writeFileSync(
  descriptor,
  readFileSync(descriptor, 'utf8').replace('/* eslint-disable */', '/* eslint-disable */\n// @ts-nocheck'),
);

// Loaded only now: it reads what was made above.
await import('./generate-openapi.js');
