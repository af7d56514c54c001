/** What the .proto files say in their comments. */

import type { FileDescriptor, MessageDescriptor } from '../bridge/descriptors.js';

/** Comments by the full name of what they are on: `k8scli.v1.TaskSpec.name`, `k8scli.v1.TaskService.GetTask`. */
export type Comments = ReadonlyMap<string, string>;

/** A file whose comments were kept. */
export interface CommentedFile extends FileDescriptor {
  readonly sourceCodeInfo?:
    | {
        readonly location?:
          | readonly { readonly path?: readonly number[] | undefined; readonly leadingComments?: string | undefined }[]
          | undefined;
      }
    | undefined;
}

/** Field numbers of descriptor.proto, of which the paths of locations are made. */
const FILE = { message: 4, enum: 5, service: 6 };
const MESSAGE = { field: 2, nested: 3, enum: 4 };
const ENUM_VALUE = 2;
const METHOD = 2;

/** The comments of these files, one line a paragraph, without notes to linters. */
export function readComments(files: Iterable<CommentedFile>): Comments {
  const comments = new Map<string, string>();
  for (const file of files) {
    const texts = new Map<string, string>();
    for (const { path = [], leadingComments = '' } of file.sourceCodeInfo?.location ?? []) {
      texts.set(path.join('.'), tidy(leadingComments));
    }
    for (const [path, name] of places(file)) {
      const text = texts.get(path);
      if (text) comments.set(name, text);
    }
  }
  return comments;
}

/** Path and full name of everything in a file that may have a comment. */
function* places(file: FileDescriptor): Generator<readonly [path: string, name: string]> {
  const scope = file.package ?? '';
  for (const [index, message] of (file.messageType ?? []).entries()) {
    yield* messagePlaces(message, `${FILE.message}.${index}`, scope);
  }
  for (const [index, type] of (file.enumType ?? []).entries()) yield* enumPlaces(type, `${FILE.enum}.${index}`, scope);
  for (const [index, service] of (file.service ?? []).entries()) {
    const [path, name] = [`${FILE.service}.${index}`, `${scope}.${service.name}`];
    yield [path, name];
    for (const [at, method] of (service.method ?? []).entries())
      yield [`${path}.${METHOD}.${at}`, `${name}.${method.name}`];
  }
}

function* messagePlaces(
  message: MessageDescriptor,
  path: string,
  scope: string,
): Generator<readonly [path: string, name: string]> {
  const name = `${scope}.${message.name}`;
  yield [path, name];
  for (const [at, field] of (message.field ?? []).entries())
    yield [`${path}.${MESSAGE.field}.${at}`, `${name}.${field.name}`];
  for (const [at, nested] of (message.nestedType ?? []).entries()) {
    yield* messagePlaces(nested, `${path}.${MESSAGE.nested}.${at}`, name);
  }
  for (const [at, type] of (message.enumType ?? []).entries())
    yield* enumPlaces(type, `${path}.${MESSAGE.enum}.${at}`, name);
}

function* enumPlaces(
  type: NonNullable<FileDescriptor['enumType']>[number],
  path: string,
  scope: string,
): Generator<readonly [path: string, name: string]> {
  const name = `${scope}.${type.name}`;
  yield [path, name];
  for (const [at, value] of (type.value ?? []).entries())
    yield [`${path}.${ENUM_VALUE}.${at}`, `${name}.${value.name}`];
}

const INTERNAL = /\(--[^]*?--\)/g;
const LINTERS = /^\s*(?:buf:lint:|aip\.dev\/not-precedent:)[^]*?$(?:\n(?! *\n).*$)*/gm;

function tidy(text: string): string {
  return text
    .replace(INTERNAL, '')
    .replace(LINTERS, '')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}
