/** The two paths that are no RPCs: the OpenAPI document, and the page that shows it to people. */

import type { Bridge } from '../../../bridge/bridge.js';
import type { HttpResponse } from '../../../bridge/http/response.js';

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

/** A bridge that also answers `GET /openapi.json` and `GET /docs`; `report` is told why it cannot. */
export function withDocuments(bridge: Bridge, report: (error: unknown, path: string) => void): Bridge {
  return {
    handle: (request, response) => {
      const { method, target } = request.head;
      const page = PAGES[target.path];
      const isRead = method === 'GET' || method === 'HEAD';
      // It is loaded from a file, which may not be there any more.
      const fail = (error: unknown): void => {
        report(error, target.path);
        response.sendText(500, 'the page cannot be loaded; see the log of the server\n');
      };
      if (page && isRead) send(page, response).catch(fail);
      else bridge.handle(request, response);
    },
  };
}

async function send(page: () => Promise<Page>, response: HttpResponse): Promise<void> {
  const { contentType, text } = await page();
  const headers = ['Content-Type', contentType, 'Content-Security-Policy', POLICY, 'X-Content-Type-Options', 'nosniff'];
  response.send(200, headers, text);
}
