/**
 * Generates gen/ from proto/, docs/rest.md from that, the JSON Schema of task files from the tables of their fields, and docs/cli.md
 * and man/ from the commands.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { taskSchema } from '../taskfile/schema.js';

for (const folder of ['google', 'gwconf', 'k8scli']) rmSync(`gen/${folder}`, { recursive: true, force: true });
execFileSync('node_modules/.bin/buf', ['generate'], { stdio: 'inherit' });

// The file describes itself with an edition that the types of its own generator do not know yet.
const descriptor = 'gen/google/protobuf/descriptor.ts';
writeFileSync(
  descriptor,
  readFileSync(descriptor, 'utf8').replace('/* eslint-disable */', '/* eslint-disable */\n// @ts-nocheck'),
);

writeFileSync('docs/task.schema.json', `${JSON.stringify(taskSchema(), null, 2)}\n`);

await import('./generate-descriptors.js');
await import('./generate-clients.js');
// Loaded only now: they read what was made above.
await import('./generate-openapi.js');
await import('./generate-cli-reference.js');
