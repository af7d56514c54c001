import { expect } from 'chai';
import { foreignOrigin } from '../../../../../server/transport/http/origin.js';

const check = (headers: { host?: string; origin?: string }): string | undefined =>
  foreignOrigin(Object.entries(headers).flat());

describe('foreignOrigin', () => {
  for (const headers of [
    {},
    { host: 'localhost' },
    { host: 'LocalHost:8000' },
    { host: '127.0.0.1:8000' },
    { host: '127.0.0.2' },
    { host: '[::1]:8000' },
    { host: 'localhost:8000', origin: 'http://localhost:3000' },
    { host: 'localhost:8000', origin: 'https://127.0.0.1' },
  ]) {
    it(`accepts ${JSON.stringify(headers)}`, () => {
      expect(check(headers)).to.equal(undefined);
    });
  }
  for (const headers of [
    { host: 'evil.example' },
    { host: 'localhost.evil.example:8000' },
    { host: '127.0.0.1.evil.example' },
    { host: 'localhost:8000@evil.example' },
    { host: '192.168.1.5:8000' },
    { host: '' },
    { host: 'localhost', origin: 'https://evil.example' },
    { host: 'localhost', origin: 'null' },
    { host: 'localhost', origin: 'http://localhost.evil.example' },
    { host: 'localhost', origin: 'file://' },
    { host: 'localhost', origin: '' },
  ]) {
    it(`refuses ${JSON.stringify(headers)}`, () => {
      expect(check(headers)).to.be.a('string');
    });
  }
});
