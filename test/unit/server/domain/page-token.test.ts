import { expect } from 'chai';
import { pageToken, parsePageToken } from '../../../../server/domain/page-token.js';
import { failureOf } from '../../../support/server/failure.js';

describe('page tokens', () => {
  const position = { createdAtMs: 1_795_413_600_123, id: 'abc12345' };
  const filters = ['ann', false, '', ''];

  it('come back as the position they were made of', () => {
    const token = pageToken(position, filters);
    expect(token).to.match(/^[A-Za-z0-9_-]+$/);
    expect(parsePageToken(token, filters)).to.deep.equal(position);
  });

  it('are nothing when empty', () => {
    expect(parsePageToken('', filters)).to.equal(undefined);
  });

  it('fit only the list that they were made for', async () => {
    const token = pageToken(position, filters);
    const failure = await failureOf(() => parsePageToken(token, ['bob', false, '', '']));
    expect(failure).to.include({ reason: 'INVALID_ARGUMENT' });
    expect(failure.message).to.include('other filters');
  });

  for (const foreign of [
    'x',
    'bnVsbA',
    'e30',
    'WzEsMl0',
    '[]',
    '💥',
    Buffer.from('["1","a","b"]').toString('base64url'),
  ]) {
    it(`refuse ${JSON.stringify(foreign)}`, async () => {
      const failure = await failureOf(() => parsePageToken(foreign, filters));
      expect(failure.violations.map(({ field }) => field)).to.deep.equal(['page_token']);
    });
  }
});
