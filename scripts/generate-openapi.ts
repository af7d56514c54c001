/** Writes gen/openapi.json, and docs/rest.md, which shows it to people, from the descriptors in gen/. */

import { readdirSync, writeFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };
import type { ServiceDefinition } from '../bridge/handler.js';
import type { ProtoMetadata } from '../bridge/descriptors.js';
import { protoMetadata as errorDetails } from '../gen/google/rpc/error_details.js';
import { createDocument, type DescribedService } from '../openapi/document.js';
import { notesOf } from '../openapi/k8s-cli.js';
import { toMarkdown } from '../openapi/markdown.js';
import { readDocument } from '../openapi/reference.js';

const services: DescribedService[] = [];
for (const file of readdirSync('gen/k8scli/v1').toSorted()) {
  const module = (await import(`../gen/k8scli/v1/${file}`)) as Record<string, unknown>;
  const metadata = module['protoMetadata'] as ProtoMetadata;
  for (const { name } of metadata.fileDescriptor.service ?? []) {
    const definition = module[`${name}Service`] as ServiceDefinition;
    services.push({ name: `${metadata.fileDescriptor.package}.${name}`, definition, metadata });
  }
}
const document = createDocument(services, [errorDetails], notesOf(manifest.version));
writeFileSync('gen/openapi.json', `${JSON.stringify(document, null, 1)}\n`);
writeFileSync('docs/rest.md', toMarkdown(readDocument(document)));
