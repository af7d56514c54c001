import { expect } from 'chai';
import { type PolicyFlags, readPolicy } from '../../../server/policy-flags.js';

const read = (flags: Partial<PolicyFlags>): ReturnType<typeof readPolicy> =>
  readPolicy({
    'allow-service-accounts': undefined,
    'allow-pod-config': undefined,
    'priority-classes': undefined,
    secrets: undefined,
    ...flags,
  });

describe('readPolicy', () => {
  it('reads lists and pairs', () => {
    expect(
      read({
        'allow-service-accounts': 'a, b',
        'allow-pod-config': 'hostNetwork,volumes.hostPath',
        'priority-classes': '-1000=low,500=high',
        secrets: 'HF_TOKEN=hf/token,KEY=keys',
      }),
    ).to.deep.equal({
      serviceAccounts: ['a', 'b'],
      podConfig: ['hostNetwork', 'volumes.hostPath'],
      priorityClasses: [
        { from: 500, name: 'high' },
        { from: -1000, name: 'low' },
      ],
      secrets: { HF_TOKEN: { secret: 'hf', key: 'token' }, KEY: { secret: 'keys', key: 'KEY' } },
    });
  });

  for (const flags of [
    { 'allow-service-accounts': 'A b' },
    { 'allow-pod-config': 'volumes[0]' },
    { 'priority-classes': 'high' },
    { 'priority-classes': 'x=high' },
    { secrets: 'A' },
    { secrets: '1A=b/c' },
  ]) {
    it(`refuses ${JSON.stringify(flags)}`, () => {
      expect(read(flags)).to.be.a('string');
    });
  }
});
