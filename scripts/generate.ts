/** Generates gen/ from proto/. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

execFileSync('node_modules/.bin/buf', ['generate'], { stdio: 'inherit' });

// The file describes itself with an edition that the types of its own generator do not know yet.
const descriptor = 'gen/google/protobuf/descriptor.ts';
writeFileSync(
  descriptor,
  readFileSync(descriptor, 'utf8').replace('/* eslint-disable */', '/* eslint-disable */\n// @ts-nocheck'),
);
