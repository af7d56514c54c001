/** What an API's document says beyond what its descriptors do. */

import type { Json, JsonObject } from './json.js';

/** Notes on an API. Fields are named by their full name (`k8scli.v1.TaskSpec.name`), methods by `package.Service.Method`. */
export interface Notes {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
  /** Header that names the user. */
  readonly identity: { readonly header: string; readonly description: string };
  /** Methods that need no identity. */
  readonly anonymous: ReadonlySet<string>;
  /** JSON Schema keywords of fields, besides their type: what is refused elsewhere than in the codec. */
  readonly constraints: Readonly<Record<string, JsonObject>>;
  /** Example values of fields, by full name or, for all fields of that name, by name. */
  readonly examples: Readonly<Record<string, Json>>;
  /** Other request bodies of a method, by media type. */
  readonly bodies: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  /** Content type of methods that answer with google.api.HttpBody. */
  readonly rawBodies: Readonly<Record<string, { readonly contentType: string; readonly example: string }>>;
  /** Request headers of a method. */
  readonly headers: Readonly<Record<string, readonly Header[]>>;
  /** Streams that answer 204 to server-sent events, and when. */
  readonly noContent: Readonly<Record<string, string>>;
  /** Examples of errors, by the name of their code. */
  readonly errors: Readonly<Record<string, JsonObject>>;
}

/** A request header. */
export interface Header {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}
