/** Handlers of the conformance service. Most of them answer with their request. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext, ServiceHandlers } from '../../bridge/handler.js';
import { escapeHtml } from '../../bridge/json/text.js';
import { Metadata } from '../../bridge/metadata.js';
import { type AnyMessage, Code, StatusError } from '../../bridge/status.js';
import type { HttpBody } from '../../gen/google/api/httpbody.js';
import { BadRequest, RetryInfo } from '../../gen/google/rpc/error_details.js';
import type {
  All,
  BodyReq,
  ConfService,
  ErrReq,
  HeadersReply,
  Item,
  Small,
  StreamReq,
} from '../../gen/gwconf/v1/conformance.js';

/** The handlers. */
export const conformanceHandlers: ServiceHandlers<typeof ConfService> = {
  query: echo<All>,
  pathOne: echo<All>,
  pathSeg: echo<All>,
  pathDeep: echo<All>,
  pathDeepTail: echo<All>,
  pathDeepPrefix: echo<All>,
  pathVerb: echo<All>,
  pathWild: echo<All>,
  pathNested: echo<All>,
  pathTyped: echo<All>,
  overlapFirst: async ({ name }) => ({ name: `first:${name}`, n: 0 }),
  overlapSecond: async ({ name }) => ({ name: `second:${name}`, n: 0 }),
  bodyStar: echo<All>,
  bodyNested: echo<All>,
  bodyScalar: echo<All>,
  postNoBody: echo<All>,
  patch: echo<All>,
  respBody: echo<All>,
  headers: async (_, context) => headers(context),
  setHeaders,
  err,
  stream,
  clientStream,
  bidi,
  download: async ({ name, contentType }) => body(contentType, `hello ${name}`),
  downloadStream,
  upload: echo,
  uploadRaw: echo<HttpBody>,
  head: echo<Small>,
  emptyReply: async () => ({}),
  sleep: async ({ sleepMs }, { signal }) => {
    await sleep(sleepMs, undefined, { signal });
    return { name: 'slept', n: 0 };
  },
  root: async () => ({ name: 'root', n: 0 }),
  noAnnotation: echo<Small>,
};

async function echo<T>(request: T): Promise<T> {
  return request;
}

function headers({ metadata, deadline }: CallContext): HeadersReply {
  const values = new Map<string, string[]>();
  for (const [key, value] of metadata) {
    const list = values.get(key) ?? [];
    list.push(typeof value === 'string' ? value : Buffer.from(value).toString());
    values.set(key, list);
  }
  const md = Object.fromEntries([...values].map(([key, list]) => [key, escapeHtml(JSON.stringify(list))]));
  return { md, deadlineMs: deadline ? String(deadline.getTime() - Date.now()) : '' };
}

async function setHeaders({ n }: Small, context: CallContext): Promise<Small> {
  context.sendHeader(
    Metadata.of({
      foo: ['foo1', 'foo2'],
      'x-bin-bin': Buffer.from([0, 1, 255]),
      'content-language': 'en',
      'set-cookie': 'a=b',
    }),
  );
  context.setTrailer(Metadata.of({ bar: ['bar1', 'bar2'], 't-bin': Buffer.from([254]) }));
  if (n !== 0) throw new StatusError(n, 'hdr error');
  return { name: 'ok', n: 0 };
}

async function err({ code, msg, details, header }: ErrReq, context: CallContext): Promise<Small> {
  if (header > 0) {
    context.sendHeader(Metadata.of({ foo: 'h' }));
    context.setTrailer(Metadata.of({ bar: 't' }));
  }
  if (code !== 0) throw new StatusError(code, msg, details > 0 ? DETAILS : []);
  return { name: 'ok', n: 0 };
}

const DETAILS: readonly AnyMessage[] = [
  {
    typeUrl: 'type.googleapis.com/google.rpc.BadRequest',
    value: BadRequest.encode(
      BadRequest.fromPartial({ fieldViolations: [{ field: 'f', description: 'bad' }] }),
    ).finish(),
  },
  {
    typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
    value: RetryInfo.encode(RetryInfo.create()).finish(),
  },
];

async function* stream(request: StreamReq, context: CallContext): AsyncGenerator<Item, void> {
  const { n, code, failAfter, sleepMs, header } = request;
  if (header > 0) {
    context.sendHeader(Metadata.of({ foo: 'h' }));
    context.setTrailer(Metadata.of({ bar: 't' }));
  }
  for (let i = 0; i < n; i++) {
    if (code !== 0 && i === failAfter) throw new StatusError(code, 'stream fail');
    yield { i, s: `m${i}` };
    if (sleepMs > 0) await sleep(sleepMs, undefined, { signal: context.signal });
  }
  if (code !== 0 && failAfter >= n) throw new StatusError(code, 'stream fail');
}

async function clientStream(items: AsyncIterable<Item>): Promise<Item> {
  const texts: string[] = [];
  for await (const { s } of items) texts.push(s);
  return { i: texts.length, s: texts.join(',') };
}

async function* bidi(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  for await (const item of items) {
    if (item.s === 'fail') throw new StatusError(Code.ABORTED, 'bidi fail');
    yield item;
  }
}

async function* downloadStream({ name, n, contentType }: BodyReq): AsyncGenerator<HttpBody, void> {
  for (let i = 0; i < n; i++) yield body(contentType, `chunk${i}`);
  if (name === 'fail') throw new StatusError(Code.INTERNAL, 'dl fail');
}

function body(contentType: string, text: string): HttpBody {
  return { contentType, data: Buffer.from(text), extensions: [] };
}
