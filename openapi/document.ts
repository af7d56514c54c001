/** Services -> an OpenAPI 3.1 document. */

import type { ProtoMetadata } from '../bridge/descriptors.js';
import type { ServiceDefinition } from '../bridge/handler.js';
import { compileRoutes } from '../bridge/routes.js';
import { Schema } from '../bridge/schema.js';
import { type CommentedFile, readComments } from './comments.js';
import type { JsonObject } from './json.js';
import { MessageSchemas } from './message-schemas.js';
import type { Notes } from './notes.js';
import { openApiPath, operationOf } from './operation.js';

/** A service to describe. */
export interface DescribedService {
  /** Full name, `k8scli.v1.TaskService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly metadata: ProtoMetadata;
}

/** Describes the services. `types` are files with further types: the error details. Throws an Error for bad rules. */
export function createDocument(
  services: readonly DescribedService[],
  types: readonly ProtoMetadata[],
  notes: Notes,
): JsonObject {
  const files = [...services.map(({ metadata }) => metadata), ...types];
  const schema = new Schema(files);
  const comments = readComments(allFiles(files).map(({ fileDescriptor }) => fileDescriptor as CommentedFile));
  const schemas = new MessageSchemas(comments, notes, requiredFields(allFiles(files)));
  addErrors(schema, schemas);
  const routes = compileRoutes(services.map(withoutHandlers), schema);
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = (paths[openApiPath(route)] ??= {});
    path[route.method.toLowerCase()] = operationOf(route, { comments, notes, schemas });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: notes.title,
      version: notes.version,
      description: notes.description,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ identity: [] }],
    tags: services.map(({ name }) => ({
      name: name.slice(name.lastIndexOf('.') + 1),
      description: comments.get(name) ?? '',
    })),
    paths: { ...paths, '/healthz': { get: HEALTH } },
    components: {
      securitySchemes: {
        identity: {
          type: 'apiKey',
          in: 'header',
          name: notes.identity.header,
          description: notes.identity.description,
        },
      },
      parameters: { 'Grpc-Timeout': GRPC_TIMEOUT },
      schemas: schemas.components,
      examples: Object.fromEntries(Object.entries(notes.errors).map(([code, value]) => [code, { value }])),
    },
  };
}

const GRPC_TIMEOUT: JsonObject = {
  name: 'Grpc-Timeout',
  in: 'header',
  description:
    'How long the caller waits: a number and a unit (H, M, S, m for milliseconds, u, n). Then the answer is DEADLINE_EXCEEDED (504).',
  schema: { type: 'string', pattern: '^[0-9]{1,8}[HMSmun]$', examples: ['30S'] },
};

const HEALTH: JsonObject = {
  operationId: 'Healthz',
  tags: ['SystemService'],
  summary: 'Tells whether the server, or one of its services, serves',
  security: [],
  parameters: [
    {
      name: 'service',
      in: 'query',
      description: 'Full name of a service (`k8scli.v1.TaskService`); without it the whole server is meant.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    '200': {
      description: 'It serves.',
      content: {
        'application/json': {
          schema: { type: 'object', properties: { status: { const: 'SERVING' } }, required: ['status'] },
          example: { status: 'SERVING' },
        },
      },
    },
    default: {
      description: 'The service is not known (404), or the server is stopping (503).',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Status' } } },
    },
  },
};

/** The body of errors, and what its details may be. */
function addErrors(schema: Schema, schemas: MessageSchemas): void {
  const details = DETAILS.map((name) => {
    const type = `google.rpc.${name}`;
    schemas.message(schema.message(type), 'response');
    return {
      type: 'object',
      properties: { '@type': { const: `type.googleapis.com/${type}` } },
      required: ['@type'],
      allOf: [{ $ref: `#/components/schemas/${name}` }],
    };
  });
  schemas.add('Status', {
    type: 'object',
    description: 'An error, as google.rpc.Status has it.',
    properties: {
      code: { type: 'integer', format: 'int32', description: 'Number of the gRPC code.', examples: [5] },
      message: { type: 'string', description: 'What is wrong and how to repair it, for people.' },
      details: {
        type: 'array',
        description: 'The same for programs.',
        items: { anyOf: details },
      },
    },
    required: ['code', 'message', 'details'],
  });
  schemas.add('ErrorLine', {
    type: 'object',
    description: 'The error of a stream.',
    properties: { error: { $ref: '#/components/schemas/Status' } },
    required: ['error'],
  });
}

const DETAILS = ['ErrorInfo', 'BadRequest', 'ResourceInfo', 'RetryInfo'];

/** Routes are compiled as the bridge does it, which wants somebody to call. */
function withoutHandlers(service: DescribedService) {
  const nobody = (): never => {
    throw new Error('a document answers no calls');
  };
  return { ...service, handlers: Object.fromEntries(Object.keys(service.definition).map((key) => [key, nobody])) };
}

function allFiles(files: readonly ProtoMetadata[]): readonly ProtoMetadata[] {
  const seen = new Map<string, ProtoMetadata>();
  const add = (file: ProtoMetadata): void => {
    const name = file.fileDescriptor.name ?? '';
    if (seen.has(name)) return;
    seen.set(name, file);
    for (const dependency of file.dependencies ?? []) add(dependency);
  };
  for (const file of files) add(file);
  return [...seen.values()];
}

/** google.api.FieldBehavior. */
const REQUIRED = 2;

/** What ts-proto keeps of the options of messages. */
interface MessageOptions {
  readonly messages?: Readonly<Record<string, { readonly fields?: Readonly<Record<string, FieldOptions>> }>>;
}

interface FieldOptions {
  readonly field_behavior?: number | readonly number[];
}

function requiredFields(files: readonly ProtoMetadata[]): ReadonlySet<string> {
  const required = new Set<string>();
  for (const { fileDescriptor, options } of files) {
    for (const [message, { fields = {} }] of Object.entries((options as MessageOptions | undefined)?.messages ?? {})) {
      for (const [field, { field_behavior: behavior }] of Object.entries(fields)) {
        if ([behavior].flat().includes(REQUIRED)) required.add(`${fileDescriptor.package}.${message}.${field}`);
      }
    }
  }
  return required;
}
