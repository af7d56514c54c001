import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createBridgeServer } from '../../../../../bridge/server.js';
import { withDocuments } from '../../../../../server/transport/http/documents.js';
import { type Listening, listen } from '../../../../gateway/listen.js';

describe('withDocuments', () => {
  let server: Listening;
  let url: string;

  before(async () => {
    const bridge = withDocuments(
      { handle: ({ head }, response) => response.send(200, [], `bridge: ${head.method} ${head.rawTarget}`) },
      () => {},
    );
    server = await listen(createBridgeServer(bridge));
    url = `http://127.0.0.1:${server.port}`;
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
