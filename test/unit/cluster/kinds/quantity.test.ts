import { expect } from 'chai';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  quantityValue,
  thousandths,
} from '../../../../cluster/kinds/quantity.js';

describe('quantities', () => {
  // As a Kubernetes 1.36 returns them.
  const canonical: [string, string | undefined][] = [
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1024Mi', '1Gi'],
    ['1000Ki', '1000Ki'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['1E', '1E'],
    ['100', '100'],
    ['1000', '1k'],
    ['12345678', '12345678'],
    ['0', '0'],
    ['-1', '-1'],
    ['1n', '1m'],
    ['-0.1m', '-1m'],
    ['1.', '1'],
    ['.5', '500m'],
    ['x', undefined],
    ['', undefined],
    ['1KI', undefined],
    ['1 Gi', undefined],
    ['1Gi1', undefined],
  ];
  for (const [input, output] of canonical) {
    it(`${JSON.stringify(input)} is ${output ?? 'none'}`, () => {
      expect(canonicalQuantity(input)).to.equal(output);
    });
  }

  it('have a value in base units', () => {
    expect([quantityValue('250m'), quantityValue('1Ki'), quantityValue(2), quantityValue('?')]).to.deep.equal([
      0.25,
      1024,
      2,
      undefined,
    ]);
  });

  it('are compared and added exactly', () => {
    expect(compareQuantities('0.1', '100m')).to.equal(0);
    expect(compareQuantities('1Gi', '1G')).to.equal(1);
    expect(addQuantities(['100m', '200m', '0.7'])).to.equal('1');
    expect(addQuantities(['1Gi', '1Gi'])).to.equal('2Gi');
    expect(addQuantities([])).to.equal('0');
    expect(['0.4', '1n', '1Ki', '?'].map(thousandths)).to.deep.equal([400n, 1n, 1_024_000n, 0n]);
  });
});
