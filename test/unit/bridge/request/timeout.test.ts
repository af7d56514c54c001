import { expect } from 'chai';
import { parseTimeoutMs } from '../../../../bridge/request/timeout.js';
import { StatusError } from '../../../../bridge/status.js';

describe('parseTimeoutMs', () => {
  for (const [header, ms] of [
    [undefined, undefined],
    ['', undefined],
    ['0S', undefined],
    ['2S', 2000],
    ['000000000000000000000000002S', 2000],
    ['1M', 60_000],
    ['1H', 3_600_000],
    ['100m', 100],
    ['500u', 0.5],
    ['18446744073709551615n', 18446744073709.551],
  ] as const) {
    it(`reads ${header}`, () => {
      expect(parseTimeoutMs(header)).to.equal(ms);
    });
  }

  for (const header of ['1s', 'S', '1', '-1S', '1.5S', ' 1S', '18446744073709551616S']) {
    it(`refuses "${header}"`, () => {
      expect(() => parseTimeoutMs(header))
        .to.throw(StatusError)
        .and.include({ message: `invalid grpc-timeout: ${header}` });
    });
  }
});
