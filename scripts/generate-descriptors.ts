/**
 * Writes gen/file-descriptors.ts, for reflection, the details of errors included: the descriptors in ts-proto's code do not tell
 * which fields are in a message's first oneof.
 */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { BinaryReader } from '@bufbuild/protobuf/wire';

const ERROR_DETAILS = 'node_modules/google-proto-files/google/rpc/error_details.proto';
const options = [
  '--path',
  'proto/k8scli',
  '--path',
  ERROR_DETAILS,
  '--exclude-source-info',
  '--as-file-descriptor-set',
  '-o',
  '-',
];
const image = execFileSync('node_modules/.bin/buf', ['build', ...options]);
const files: string[] = [];
for (const reader = new BinaryReader(image); reader.pos < reader.len; ) {
  reader.tag(); // FileDescriptorSet has nothing but files
  files.push(Buffer.from(reader.bytes()).toString('base64'));
}
const literals = files.map((file) => `  '${file}',\n`).join('');
const comment =
  '/** The FileDescriptorProto of each file of the API and of what they import, in base64. Generated; do not edit. */';
writeFileSync(
  'gen/file-descriptors.ts',
  `${comment}\nexport const FILE_DESCRIPTORS: readonly string[] = [\n${literals}];\n`,
);
