/** The request line and the header fields of a request, read as Go's net/http and net/textproto do, line by line as they come. */

import { isBlank, trim } from './fields.js';
import { badRequest } from './refusal.js';
import { parseTarget, type Target } from './target.js';

const LF = 0x0a;
const CR = 0x0d;
/** Go skips so many line ends between a POST and the next request, which careless clients send behind a body. */
const MAX_LINE_ENDS = 4;

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** Go lets spaces pass in names at first, and refuses them when it has seen all of the head. */
const ALMOST_TOKEN = /^[ !#$%&'*+\-.^_`|~\w]+$/;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const BAD_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
const LEADING_BLANKS = /^[ \t]+/;
const VERSION = /^HTTP\/(\d)\.(\d)$/;

/** What stands before the body of a request. */
export interface Head {
  readonly method: string;
  /** The target, as it was sent. */
  readonly rawTarget: string;
  readonly target: Target;
  /** Major and minor version in one number: 10 for HTTP/1.0. */
  readonly version: number;
  /** Names in lower case. */
  readonly fields: readonly string[];
}

/** A head of which more lines are to come. */
interface GrowingHead extends Head {
  readonly fields: string[];
}

/** Reads heads, one after the other, from text in which each character is a byte. */
export class HeadReader {
  #head: GrowingHead | undefined;
  #skippable = 0;

  /** Prepares for the next head. `previous` is the method of the request before it. */
  reset(previous: string): void {
    this.#head = undefined;
    this.#skippable = previous === 'POST' ? MAX_LINE_ENDS : 0;
  }

  /**
   * Takes the complete lines of a text. Answers where the rest begins and, when they end a head, that head; what is behind it
   * is not looked at. Throws a {@link Refusal}.
   */
  take(text: string): { readonly taken: number; readonly head: Head | undefined } {
    let at = this.#head ? 0 : this.#skipLineEnds(text);
    for (;;) {
      const lf = text.indexOf('\n', at);
      if (lf < 0) return { taken: at, head: undefined };
      const end = lf > at && text.charCodeAt(lf - 1) === CR ? lf - 1 : lf;
      if (!this.#head) this.#head = parseRequestLine(text.slice(at, end));
      else if (end === at) return { taken: lf + 1, head: this.#head };
      else addField(this.#head.fields, text, at, end);
      at = lf + 1;
    }
  }

  /** Where the first line begins. */
  #skipLineEnds(text: string): number {
    let at = 0;
    while (this.#skippable > 0 && (text.charCodeAt(at) === LF || text.charCodeAt(at) === CR)) {
      at += 1;
      this.#skippable -= 1;
    }
    return at;
  }
}

/** Adds what a line of a head, or of the trailer of a body, says. Throws a {@link Refusal}. */
export function addField(fields: string[], text: string, from: number, to: number): void {
  if (isBlank(text.charCodeAt(from))) {
    // The line goes on with the value of the field before it.
    if (fields.length === 0) throw badRequest();
    fields.push(`${fields.pop()} ${valueOf(text.slice(from, to))}`.replace(LEADING_BLANKS, ''));
    return;
  }
  const colon = text.indexOf(':', from);
  if (colon < 0 || colon >= to) throw badRequest();
  const name = text.slice(from, colon);
  const known = KNOWN.get(name);
  if (known === undefined && !ALMOST_TOKEN.test(name)) throw badRequest();
  fields.push(known ?? name.toLowerCase(), valueOf(text.slice(colon + 1, to)));
}

function valueOf(text: string): string {
  if (BAD_VALUE.test(text)) throw badRequest();
  return trim(text);
}

function parseRequestLine(line: string): GrowingHead {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  if (first < 0 || second < 0) throw badRequest();
  const method = line.slice(0, first);
  const rawTarget = line.slice(first + 1, second);
  const version = versionOf(line.slice(second + 1));
  if (!TOKEN.test(method) || version === undefined) throw badRequest();
  const target = parseTarget(rawTarget, method);
  if (!target) throw badRequest();
  return { method, rawTarget, target, version, fields: [] };
}

function versionOf(text: string): number | undefined {
  if (text === 'HTTP/1.1') return 11;
  const [, major, minor] = VERSION.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : Number(major) * 10 + Number(minor);
}

/** Names that most requests have, as they are mostly written: looked up faster than they are checked and made lower case. */
const KNOWN: ReadonlyMap<string, string> = new Map(
  [
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Authorization',
    'Cache-Control',
    'Connection',
    'Content-Length',
    'Content-Type',
    'Cookie',
    'Expect',
    'Grpc-Timeout',
    'Host',
    'Last-Event-ID',
    'Origin',
    'Referer',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'User-Agent',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-HTTP-Method-Override',
    'X-User',
  ].flatMap((name) => [name, name.toLowerCase()].map((spelling) => [spelling, name.toLowerCase()] as const)),
);
