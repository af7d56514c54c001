import { expect } from 'chai';
import fc from 'fast-check';
import { checkRequestId, fingerprintOf, taskIdOf, volumeIdOf } from '../../../../server/domain/request-id.js';
import { failureOf } from '../../../support/server/failure.js';
import { spec } from '../../../support/server/specs.js';

describe('ids that follow from a request', () => {
  it('are 8 characters of [a-z0-9], the same for the same request', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (user, requestId) => {
        expect(taskIdOf(user, requestId)).to.match(/^[a-z0-9]{8}$/);
        expect(taskIdOf(user, requestId)).to.equal(taskIdOf(user, requestId));
      }),
    );
  });

  it('differ by user, by request, and between tasks and volumes', () => {
    const ids = [taskIdOf('a', 'bc'), taskIdOf('ab', 'c'), taskIdOf('a', 'bd'), volumeIdOf('a', 'bc')];
    expect(new Set(ids).size).to.equal(ids.length);
  });
});

describe('fingerprintOf', () => {
  it('does not depend on the order in which fields were written', () => {
    const one = spec({ envs: { A: '1', B: '2' } });
    const other = Object.fromEntries(Object.entries({ ...one, envs: { B: '2', A: '1' } }).toReversed());
    expect(fingerprintOf(other)).to.equal(fingerprintOf(one));
  });

  it('changes with everything that is asked for', () => {
    const prints = [
      spec(),
      spec({ run: 'echo 2' }),
      spec({ envs: { A: '' } }),
      spec({ numNodes: 2 }),
      spec({ setup: 'x' }),
    ];
    expect(new Set(prints.map(fingerprintOf)).size).to.equal(prints.length);
  });
});

describe('checkRequestId', () => {
  for (const good of ['', 'a', '5f0c1e9e-4b9b-4c8e-9c54-0a8d3b0d9a11', '~'.repeat(128)]) {
    it(`accepts ${good.length} characters`, () => {
      expect(() => checkRequestId(good)).not.to.throw();
    });
  }
  for (const bad of ['a b', 'é', 'a\n', '\u0000', 'x'.repeat(129)]) {
    it(`refuses ${JSON.stringify(bad.slice(0, 10))}`, async () => {
      const failure = await failureOf(() => checkRequestId(bad));
      expect(failure.violations[0]?.field).to.equal('request_id');
    });
  }
});
