/**
 * Kubernetes objects in protobuf, as the types of ../objects.ts have them. The API server makes it in a fraction of the time that it
 * takes for JSON, and most of an object, which nobody reads, costs nothing here. The numbers are those of the `generated.proto` files
 * of k8s.io/api and k8s.io/apimachinery; they never change.
 */

import { ANNOTATION, JOB_NAME_LABELS, LABEL, PLAN_KEY } from '../../names.js';
import { type Fields, inline, many, one, pairs, readMessage } from './fields.js';

/** What the API server is to be asked for by who can read both. */
export const PROTOBUF_OR_JSON = 'application/vnd.kubernetes.protobuf, application/json';

/** Everything else in these maps is of no use to anybody here. */
const LABELS = new Set<string>([...Object.values(LABEL), ...JOB_NAME_LABELS]);
const ANNOTATIONS = new Set<string>(Object.values(ANNOTATION));

const META: Fields = {
  1: one('name', 'text'),
  5: one('uid', 'text'),
  6: one('resourceVersion', 'text'),
  8: one('creationTimestamp', 'time'),
  9: one('deletionTimestamp', 'time'),
  10: one('deletionGracePeriodSeconds', 'number'),
  11: one(
    'labels',
    pairs((name) => LABELS.has(name)),
  ),
  12: one(
    'annotations',
    pairs((name) => ANNOTATIONS.has(name)),
  ),
  13: many('ownerReferences', { 1: one('kind', 'text'), 3: one('name', 'text'), 4: one('uid', 'text') }),
};

const CONFIG_MAP: Fields = {
  1: one('metadata', META),
  2: one(
    'data',
    pairs((name) => name !== PLAN_KEY),
  ),
};

const JOB: Fields = {
  1: one('metadata', META),
  2: one('spec', {
    6: one('template', {
      2: one('spec', {
        1: many('volumes', { 2: inline({ 10: one('persistentVolumeClaim', { 1: one('claimName', 'text') }) }) }),
      }),
    }),
    10: one('suspend', 'boolean'),
  }),
  3: one('status', {
    1: many('conditions', {
      1: one('type', 'text'),
      2: one('status', 'text'),
      4: one('lastTransitionTime', 'time'),
      5: one('reason', 'text'),
      6: one('message', 'text'),
    }),
    2: one('startTime', 'time'),
  }),
};

const CONTAINER_STATE: Fields = {
  1: one('waiting', { 1: one('reason', 'text'), 2: one('message', 'text') }),
  2: one('running', { 1: one('startedAt', 'time') }),
  3: one('terminated', {
    1: one('exitCode', 'number'),
    2: one('signal', 'number'),
    3: one('reason', 'text'),
    4: one('message', 'text'),
    5: one('startedAt', 'time'),
    6: one('finishedAt', 'time'),
  }),
};

const POD: Fields = {
  1: one('metadata', META),
  2: one('spec', {
    1: many('volumes', {
      2: inline({
        16: one('downwardAPI', { 1: many('items', { 2: one('fieldRef', { 2: one('fieldPath', 'text') }) }) }),
      }),
    }),
    2: many('containers', { 1: one('name', 'text'), 22: one('startupProbe', {}) }),
    4: one('terminationGracePeriodSeconds', 'number'),
    10: one('nodeName', 'text'),
  }),
  3: one('status', {
    1: one('phase', 'text'),
    2: many('conditions', {
      1: one('type', 'text'),
      2: one('status', 'text'),
      4: one('lastTransitionTime', 'time'),
      5: one('reason', 'text'),
      6: one('message', 'text'),
    }),
    3: one('message', 'text'),
    4: one('reason', 'text'),
    6: one('podIP', 'text'),
    8: many('containerStatuses', {
      1: one('name', 'text'),
      2: one('state', CONTAINER_STATE),
      3: one('lastState', CONTAINER_STATE),
      8: one('containerID', 'text'),
      9: one('started', 'boolean'),
    }),
  }),
};

const STATUS: Fields = {
  3: one('message', 'text'),
  4: one('reason', 'text'),
  5: one('details', {
    4: many('causes', { 2: one('message', 'text'), 3: one('field', 'text') }),
    5: one('retryAfterSeconds', 'number'),
  }),
  6: one('code', 'number'),
};

/** By kind. */
const MESSAGES: Readonly<Record<string, Fields>> = { ConfigMap: CONFIG_MAP, Job: JOB, Pod: POD, Status: STATUS };

/** What stands in front of every object that has its kind with it: a runtime.Unknown. */
export const MAGIC = Buffer.from('k8s\0');
const UNKNOWN: Fields = { 1: inline({ 2: one('kind', 'text') }), 2: one('raw', 'bytes') };
const NOTHING = Buffer.alloc(0);
const WATCH_EVENT: Fields = { 1: one('type', 'text'), 2: inline({ 1: one('raw', 'bytes') }) };

/** Whether an answer of this content type is in protobuf. */
export function isProtobuf(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/vnd.kubernetes.protobuf') ?? false;
}

/** Reads an object that is no list. Throws where it is of no kind that is known here. */
export function readObject(bytes: Buffer): object {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('this is no object of Kubernetes in protobuf');
  const { kind = '', raw = NOTHING } = readMessage(bytes, UNKNOWN, MAGIC.length) as { kind?: string; raw?: Buffer };
  return readMessage(raw, fieldsOf(kind));
}

/** The fields of an object that are read. Throws for a kind that is not known here. */
export function fieldsOf(kind: string): Fields {
  const fields = MESSAGES[kind];
  if (fields === undefined) throw new Error(`objects of kind ${kind} are not read in protobuf`);
  return fields;
}

/** Reads an event of a watch. Throws as {@link readObject}. */
export function readEvent(bytes: Buffer): { readonly type: string; readonly object: object } {
  const { type = '', raw = NOTHING } = readMessage(bytes, WATCH_EVENT) as { type?: string; raw?: Buffer };
  return { type, object: readObject(raw) };
}
