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

const begun = fc.array(fc.tuple(fc.nat(999), fc.uuid()));

describe('resume tokens', () => {
  it('come back as what they were made of, and are safe in URLs and headers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(999), reached)), begun, fc.boolean(), (entries, pods, complete) => {
        const nodes = new Map<number, Reached>(entries);
        const token = resumeToken({ nodes, begun: new Map(pods), complete });
        expect(token).to.match(/^[A-Za-z0-9.~-]+$/);
        const parsed = parseResumeToken(token);
        expect([...(parsed?.nodes ?? [])]).to.deep.equal([...nodes]);
        expect([...(parsed?.begun ?? [])]).to.deep.equal([...new Map(pods)]);
        expect(parsed?.complete).to.equal(complete);
      }),
    );
  });

  it('do not tell of a log that had begun once something of it was sent', () => {
    const position = { pod: 'pod-0', timeNs: 0n, count: 0, bytes: 0 };
    const nodes = new Map([[0, { position, lines: 0, incomplete: false }]]);
    expect(resumeToken({ nodes, begun: new Map([[0, 'pod-0']]), complete: false })).to.equal('p1~0.pod-0.0.0.0.0');
    expect(resumeToken({ nodes, begun: new Map([[0, 'pod-0b']]), complete: false })).to.match(/~0\.pod-0b$/);
  });

  it('are understood that were made before they told of logs that had begun', () => {
    expect(parseResumeToken('p1~1.6c98a0ac-25b2-4d3f-a4e9-17c73f14ca8a.dn2ds0ysa3i8.1.0.1')).to.deep.equal({
      nodes: new Map([
        [
          1,
          {
            position: {
              pod: '6c98a0ac-25b2-4d3f-a4e9-17c73f14ca8a',
              timeNs: 1_795_415_784_713_000_000n,
              count: 1,
              bytes: 0,
            },
            lines: 1,
            incomplete: false,
          },
        ],
      ]),
      begun: new Map(),
      complete: false,
    });
  });

  it('are nothing when empty', () => {
    expect(parseResumeToken('')).to.equal(undefined);
  });

  for (const foreign of [
    'x',
    'p2',
    'p1~',
    'p1~0.',
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
