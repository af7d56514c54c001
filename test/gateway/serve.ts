/** `npm run gateway:conformance -- BASE`: the conformance service behind the bridge, one set of options a port, from BASE+1. */

import { serveConformance } from './server.js';

const base = Number(process.argv[2]);
if (!Number.isInteger(base) || base < 1 || base > 65_000) {
  console.error('usage: npm run gateway:conformance -- BASE, where BASE+1 to BASE+11 are free ports');
  process.exit(2);
}
const { ports } = await serveConformance((index) => base + 1 + index);
console.log(`ready on ports ${ports[0]} to ${ports.at(-1)} of 127.0.0.1`);
