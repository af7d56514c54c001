import { expect } from 'chai';
import { ClientError } from '../../../client/errors.js';
import { parseServerUrl } from '../../../client/server-url.js';

describe('parseServerUrl', () => {
  const good: readonly (readonly [url: string, secure: boolean, host: string, port: string])[] = [
    ['http://localhost:8000', false, 'localhost', '8000'],
    ['http://127.0.0.1:8000/', false, '127.0.0.1', '8000'],
    ['http://[::1]:8000', false, '[::1]', '8000'],
    ['http://example.com', false, 'example.com', '80'],
    ['https://example.com', true, 'example.com', '443'],
  ];
  for (const [url, secure, host, port] of good) {
    it(`reads ${url}`, () => {
      expect(parseServerUrl(url)).to.deep.equal({ secure, host, port });
    });
  }

  const bad = [
    '',
    'localhost:8000',
    'ftp://host',
    'http://',
    'http://host/api',
    'http://host?x=1',
    'http://me:pw@host',
  ];
  for (const url of bad) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      expect(() => parseServerUrl(url))
        .to.throw(ClientError, 'server URL')
        .with.property('code', 'INVALID_ARGUMENT');
    });
  }
});
