import { type KubeObject, valueAt } from '../store/object.js';
import type { Resource } from '../store/resources.js';
import type { StatusCause } from '../store/status-error.js';
import type { Fields, Schema } from './schema.js';

/** One column of a table; a wide one is shown by `kubectl get -o wide` only. */
export interface Column {
  name: string;
  wide: boolean;
  cell: (object: KubeObject, now: number) => string | number;
}

/** How fields are read, by their names in selectors. */
export type Selectable = Readonly<Record<string, (object: KubeObject) => string | number | boolean | undefined>>;

/** Fields that are called as they are in objects, their paths separated by blanks. */
export function selectable(paths: string): Selectable {
  return Object.fromEntries(paths.split(' ').map((path) => [path, (object) => valueAt(object, path)]));
}

/** What a kind has of its own; the rest is the same for all. Drafts may be changed, previous versions may not. */
export interface KindDefinition {
  /** Beside its type and metadata, and a status that is not looked into. */
  readonly fields: Readonly<Record<string, Schema>>;
  /** What a name may look like; a DNS subdomain unless this says otherwise. */
  readonly nameRule?: (name: string) => string[];
  /** Whether writes to `spec` are counted in `metadata.generation`. */
  readonly hasGeneration?: boolean;
  /** Whether a deletion answers with the object instead of a Status. */
  readonly returnsDeleted?: boolean;
  /** Fills in what the client left out; runs on every write. */
  setDefaults?(draft: KubeObject): void;
  /** Sets what only the API may set in a new object; name, namespace and uid are there already. */
  prepareCreate?(draft: KubeObject): void;
  /** Keeps what a write to the main resource may not change; the status is kept already. */
  prepareUpdate?(draft: KubeObject, previous: KubeObject): void;
  /** Rules for the object by itself. */
  validate?(object: KubeObject): StatusCause[];
  /** Rules for the change from one version to the next. */
  validateUpdate?(next: KubeObject, previous: KubeObject): StatusCause[];
  /** What the client should know although the object is accepted. */
  warnings?(object: KubeObject): string[];
  /** The fields a selector may name, beside `metadata.name` and `metadata.namespace`: their values, '' where there is none. */
  readonly selectable?: Selectable;
  readonly columns: readonly Column[];
}

/** A kind as it is served. */
export interface Kind extends KindDefinition {
  readonly resource: Resource;
  /** The whole object. */
  readonly schema: Fields;
}
