import { expect } from 'chai';
import { ClientError } from '../../../client/errors.js';
import { checkUser } from '../../../client/identity.js';

describe('checkUser', () => {
  for (const user of ['alice', 'a@b.example', 'First Last', "O'Neil-2"]) {
    it(`accepts ${user}`, () => {
      expect(checkUser(user)).to.equal(user);
    });
  }

  for (const user of ['', ' alice', 'alice ', 'müller', '王', 'a\nb', 'x'.repeat(257)]) {
    it(`refuses ${JSON.stringify(user.slice(0, 20))}`, () => {
      expect(() => checkUser(user))
        .to.throw(ClientError)
        .with.property('code', 'INVALID_ARGUMENT');
    });
  }
});
