/** All tables of cases, by what they are about. */

import { answers } from './answers.js';
import { bodies } from './bodies.js';
import type { Cases } from './case.js';
import { chunks, streamedChunks } from './chunks.js';
import { connections, expectations } from './connections.js';
import { headerLines, hosts } from './header-lines.js';
import { lengths } from './lengths.js';
import { requestLines } from './request-lines.js';
import { targets } from './targets.js';
import { unfinished } from './unfinished.js';

/** What is sent whole, and byte by byte: that makes no difference. */
export const allCases: Readonly<Record<string, Cases>> = {
  'request lines': requestLines,
  'header lines': headerLines,
  hosts,
  targets,
  lengths,
  chunks,
  'requests that break off': unfinished,
  connections,
  expectations,
  bodies,
  answers,
};

/** Where Go's answer depends on the pieces in which it gets the request. */
export const wholeCases: Readonly<Record<string, Cases>> = { 'chunks to streams': streamedChunks };
