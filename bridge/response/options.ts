import type { HttpRequest } from '../http/request.js';
import type { HttpResponse } from '../http/response.js';

/** So much of the body is read. */
const MAX_BODY_BYTES = 4096;

/** Answers OPTIONS *, which Go's server does itself for whatever stands behind it. */
export async function sendOptions({ body }: HttpRequest, response: HttpResponse): Promise<void> {
  if (!body.complete || body.waitingBytes > 0) await body.skip(MAX_BODY_BYTES).catch(() => undefined);
  response.send(200, ['Content-Length', '0'], '');
}
