import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { withDocuments } from '../../../../../server/transport/http/documents.js';

describe('withDocuments', () => {
  let server: Server;
  let url: string;

  before(async () => {
    const bridge = withDocuments({
      handle: (request, response) => void response.end(`bridge: ${request.method} ${request.url}`),
      refuse: () => {
        throw new Error('not asked for');
      },
    });
    server = createServer((request, response) => bridge.handle(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => server.close());

  it('answers /openapi.json with the committed document', async () => {
    const response = await fetch(`${url}/openapi.json?pretty`);
    expect(response.headers.get('content-type')).to.equal('application/json');
    expect(await response.json()).to.deep.equal(JSON.parse(readFileSync('gen/openapi.json', 'utf8')));
  });

  it('answers /docs with a page that may load nothing from elsewhere', async () => {
    const response = await fetch(`${url}/docs`);
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).to.match(/^default-src 'none'; style-src 'unsafe-inline';/);
    expect(await response.text()).to.match(/^<!doctype html>/);
  });

  it('answers HEAD with the length and no body', async () => {
    const response = await fetch(`${url}/docs`, { method: 'HEAD' });
    expect(Number(response.headers.get('content-length'))).to.be.greaterThan(10_000);
    expect(await response.text()).to.equal('');
  });

  for (const [method, path] of [
    ['POST', '/docs'],
    ['GET', '/docs/'],
    ['GET', '/openapi.jsonx'],
    ['GET', '/tasks'],
  ] as const) {
    it(`leaves ${method} ${path} to the bridge`, async () => {
      const response = await fetch(url + path, { method });
      expect(await response.text()).to.equal(`bridge: ${method} ${path}`);
    });
  }
});
