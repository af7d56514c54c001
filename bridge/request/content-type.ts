import { parseMediaType } from '../go/media-type.js';

/** What the Content-Type headers of a request say. */
export interface ContentType {
  /** The media types of those that can be read, in order. */
  readonly mediaTypes: readonly string[];
  /** The media type of the first one; empty when there is none, or it cannot be read. */
  readonly first: string;
  /** Why the first one cannot be read. */
  readonly error: string | undefined;
}

const NONE: ContentType = { mediaTypes: [], first: '', error: undefined };

/** Reads the Content-Type headers of a request. */
export function readContentType(headers: readonly string[]): ContentType {
  if (headers.length === 0) return NONE;
  const mediaTypes: string[] = [];
  let [first, error]: [string, string | undefined] = ['', undefined];
  for (const [index, header] of headers.entries()) {
    try {
      const mediaType = parseMediaType(header);
      mediaTypes.push(mediaType);
      if (index === 0) first = mediaType;
    } catch (cause) {
      if (index === 0 && header !== '' && cause instanceof Error) error = cause.message;
    }
  }
  return { mediaTypes, first, error };
}
