import { expect } from 'chai';
import { cpuQuantity, memoryQuantity } from '../../../taskfile/quantity.js';

describe('cpuQuantity', () => {
  const good: [string, string][] = [
    ['4', '4'],
    ['4+', '4'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['2.0', '2'],
    ['1.5+', '1500m'],
    ['500m', '500m'],
    ['2000m', '2'],
    ['0.1', '100m'],
    ['0.0001', '1m'],
    ['1000000', '1000000'],
    [' 2 ', '2'],
  ];
  for (const [text, quantity] of good) {
    it(`reads ${text} as ${quantity}`, () => {
      expect(cpuQuantity(text)).to.deep.equal({ ok: true, quantity });
    });
  }

  for (const text of [
    '',
    '0',
    '0.0',
    '-1',
    'two',
    '4 cores',
    '1e3',
    '4++',
    '+4',
    '1000001',
    '9'.repeat(30),
    '2Gi',
    '.',
  ]) {
    it(`refuses ${text.slice(0, 12)}`, () => {
      expect(cpuQuantity(text).ok).to.equal(false);
    });
  }
});

describe('memoryQuantity', () => {
  const good: [string, string][] = [
    ['32', '32Gi'],
    ['32+', '32Gi'],
    ['1.5', '1536Mi'],
    ['0.5', '512Mi'],
    ['1024', '1Ti'],
    ['4Gi', '4Gi'],
    ['512Mi', '512Mi'],
    ['1024Mi', '1Gi'],
    ['32GB', '32Gi'],
    ['32gb', '32Gi'],
    ['32gI+', '32Gi'],
    ['1024MB', '1Gi'],
    ['1.5TB', '1536Gi'],
    ['2PI', '2Pi'],
    ['1048576KB', '1Gi'],
    ['1ki', '1Ki'],
    ['0.3Ki', '308'],
    ['4G', '4G'],
    ['1000M', '1G'],
    ['1.5G', '1500M'],
    ['64k', '64k'],
    ['64K', '64k'],
  ];
  for (const [text, quantity] of good) {
    it(`reads ${text} as ${quantity}`, () => {
      expect(memoryQuantity(text)).to.deep.equal({ ok: true, quantity });
    });
  }

  const bad: [string, string, string][] = [
    ['4GiB', 'has the unknown unit GiB', 'write "4Gi"'],
    ['512m', 'has the unknown unit m', 'write "512Mi"'],
    ['4g', 'has the unknown unit g', 'write "4Gi"'],
    ['4 GB', 'is not an amount of memory', 'write "4Gi" or "512Mi", or a plain number of GiB'],
    ['lots', 'is not an amount of memory', 'write "4Gi" or "512Mi", or a plain number of GiB'],
    ['-4Gi', 'is not an amount of memory', 'write "4Gi" or "512Mi", or a plain number of GiB'],
    ['0', 'must be more than 0', 'write "4Gi" or "512Mi", or a plain number of GiB'],
    ['4294967296', 'is more memory than any node has', 'a number without a unit is GiB; write the unit, as in "512Mi"'],
    ['2048PB', 'is more memory than any node has', 'write "4Gi" or "512Mi", or a plain number of GiB'],
  ];
  for (const [text, message, fix] of bad) {
    it(`refuses ${text}: ${message}`, () => {
      expect(memoryQuantity(text)).to.deep.equal({ ok: false, message, fix });
    });
  }
});
