import { expect } from 'chai';
import fc from 'fast-check';
import { parseResumeToken, type Reached, resumeToken } from '../../../../../server/domain/logs/resume.js';
import { failureOf } from '../../../../support/server/failure.js';

const position = fc.record(
  {
    pod: fc.uuid(),
    timeNs: fc.bigInt({ min: 0n, max: 253_402_300_799_999_999_999n }),
    count: fc.nat(1_000_000),
    bytes: fc.nat(),
  },
  { noNullPrototype: true },
);

const reached = fc.record({ position, lines: fc.nat(2 ** 40), incomplete: fc.boolean() }, { noNullPrototype: true });

describe('resume tokens', () => {
  it('come back as what they were made of, and are safe in URLs and headers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(999), reached)), fc.boolean(), (entries, complete) => {
        const nodes = new Map<number, Reached>(entries);
        const token = resumeToken(nodes, complete);
        expect(token).to.match(/^[A-Za-z0-9.~-]+$/);
        const parsed = parseResumeToken(token);
        expect([...(parsed?.nodes ?? [])]).to.deep.equal([...nodes]);
        expect(parsed?.complete).to.equal(complete);
      }),
    );
  });

  it('are nothing when empty', () => {
    expect(parseResumeToken('')).to.equal(undefined);
  });

  for (const foreign of [
    'x',
    'p2',
    'p1~',
    'p1~0.pod.1.1.1',
    'p1~0.pod.1.1.1.1.1',
    'p1~0.pod.1.1.1.1--',
    'p1~0.p od.1.1.1.1',
    'P1',
    'p1~0.pod.-1.1.1.1',
  ]) {
    it(`refuse ${JSON.stringify(foreign)}`, async () => {
      expect(await failureOf(() => parseResumeToken(foreign))).to.include({ reason: 'RESUME_TOKEN_INVALID' });
    });
  }
});
