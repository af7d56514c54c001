import { expect } from 'chai';
import { signalOf } from '../../../../../server/domain/status/signal.js';

describe('signalOf', () => {
  for (const [code, name] of [
    [143, 'SIGTERM'],
    [137, 'SIGKILL'],
    [130, 'SIGINT'],
    [0, ''],
    [1, ''],
    [128, ''],
    [255, ''],
    [undefined, ''],
  ] as const) {
    it(`of exit code ${code} is "${name}"`, () => {
      expect(signalOf(code)).to.equal(name);
    });
  }
});
