/** What is sent beside method and path. */
export interface RestOptions {
  /** X-User; null sends none. */
  readonly user?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An object is sent as JSON, a text and bytes as they are. */
  readonly body?: object | string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An answer whose lines are read as they come. */
export interface RestStream {
  readonly status: number;
  readonly headers: Headers;
  readonly lines: AsyncIterable<string>;
}

/** The answer to one request. */
export async function rest(url: string, method: string, path: string, options: RestOptions = {}): Promise<RestAnswer> {
  const response = await send(url, method, path, options);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The answer to a GET, line by line. */
export async function restStream(url: string, path: string, options: RestOptions = {}): Promise<RestStream> {
  const response = await send(url, 'GET', path, options);
  return { status: response.status, headers: response.headers, lines: linesOf(response) };
}

function send(url: string, method: string, path: string, options: RestOptions): Promise<Response> {
  const { user = 'alice', headers = {}, body, signal } = options;
  return fetch(url + path, {
    method,
    headers: { ...(user === null ? {} : { 'x-user': user }), ...headers },
    body: typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : (body ?? null),
    signal: signal ?? null,
  });
}

async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
