import { expect } from 'chai';
import fc from 'fast-check';
import { OneOrMore } from '../../../../../server/kubernetes/cache/one-or-more.js';

const step = fc.record({ key: fc.nat(3), value: fc.option(fc.nat(9), { nil: undefined }) });

describe('OneOrMore', () => {
  it('is a map, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const [own, model] = [new OneOrMore<number, number>(), new Map<number, number>()];
        for (const { key, value } of steps) {
          if (value === undefined) expect(own.delete(key)).to.equal(model.delete(key));
          else {
            own.set(key, value);
            model.set(key, value);
          }
          expect(own.size).to.equal(model.size);
          expect(own.values()).to.deep.equal([...model.values()]);
          for (let any = 0; any < 4; any += 1) expect(own.get(any)).to.equal(model.get(any));
        }
      }),
    );
  });
});
