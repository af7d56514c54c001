/** The two paths that are no RPCs: the OpenAPI document, and the page that shows it to people. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bridge } from '../../../bridge/bridge.js';

/** What is sent for a path. */
interface Page {
  readonly contentType: string;
  readonly text: string;
}

/** Nothing on the page comes from elsewhere, and nothing may. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

// Loaded when somebody asks for them: few do, and they are large.
const PAGES: Readonly<Record<string, () => Promise<Page>>> = {
  '/openapi.json': async () => ({ contentType: 'application/json', text: JSON.stringify(await loadDocument()) }),
  '/docs': async () => {
    const { readDocument } = await import('../../../openapi/reference.js');
    const { toPage } = await import('../../../openapi/page.js');
    return { contentType: 'text/html; charset=utf-8', text: toPage(readDocument(await loadDocument())) };
  },
};

async function loadDocument() {
  return (await import('../../../gen/openapi.json', { with: { type: 'json' } })).default;
}

/** A bridge that also answers `GET /openapi.json` and `GET /docs`. */
export function withDocuments(bridge: Bridge): Bridge {
  return {
    handle: (request, response) => {
      const page = PAGES[pathOf(request)];
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (page && isRead) void send(page, response);
      else bridge.handle(request, response);
    },
    refuse: (target) => bridge.refuse(target),
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

async function send(page: () => Promise<Page>, response: ServerResponse): Promise<void> {
  const { contentType, text } = await page();
  response.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text); // Node sends no body in answer to HEAD
}
