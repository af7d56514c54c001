import { CONFIG_FIELDS, KUBERNETES_CONFIG_FIELDS } from './fields/config.js';
import type { FieldTable, Schema } from './fields/field.js';
import { RECOVERY_FIELDS } from './fields/recovery.js';
import { ALL_RESOURCE_FIELDS, RESOURCE_FIELDS } from './fields/resources.js';
import { TASK_FIELDS } from './fields/task.js';
import { MOUNT_FIELDS, STORAGE_FIELDS } from './fields/volumes.js';

/** The schema of a mapping, whose fields have a description each. */
type ObjectSchema = Schema & { readonly properties: Readonly<Record<string, Schema>> };

/**
 * The JSON Schema (draft 7) of task files, for editors. Made of the tables that the parser reads by: every field is there, and what
 * the parser takes the schema takes. The parser looks closer, and refuses more.
 */
export function taskSchema(): ObjectSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'k8s-cli task',
    description: 'A task of k8s-cli, in the form of SkyPilot.',
    ...objectSchema(TASK_FIELDS, ['run']),
    definitions: {
      resources: objectSchema(ALL_RESOURCE_FIELDS),
      alternative: objectSchema(RESOURCE_FIELDS),
      recovery: objectSchema(RECOVERY_FIELDS),
      volume: objectSchema(MOUNT_FIELDS),
      storage: objectSchema(STORAGE_FIELDS),
      config: objectSchema(CONFIG_FIELDS),
      kubernetes: objectSchema(KUBERNETES_CONFIG_FIELDS),
    },
  };
}

function objectSchema<Draft>(table: FieldTable<Draft>, required: readonly string[] = []): ObjectSchema {
  const properties = Object.entries(table).map(([name, field]): [string, Schema] => {
    if (field.verdict === 'ignored') return [name, { description: `Ignored: ${field.reason}.` }];
    if (field.verdict === 'supported') {
      const schema = required.includes(name) ? field.schema : orNull(field.schema);
      return [name, { description: field.about, ...schema }];
    }
    // A field without a value counts as one that is not there.
    return [name, { description: `Refused: ${field.reason}; ${field.fix}.`, type: 'null' }];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  };
}

function orNull(schema: Schema): Schema {
  const { type } = schema;
  if (Object.keys(schema).length === 0) return schema;
  if ('enum' in schema || (typeof type !== 'string' && !Array.isArray(type))) {
    return { anyOf: [schema, { type: 'null' }] };
  }
  return { ...schema, type: [...new Set([type, 'null'].flat())] };
}
