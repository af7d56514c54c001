import { expect } from 'chai';
import { Schema } from '../../../bridge/schema.js';
import { checkWire } from '../../../bridge/wire-check.js';
import { All, protoMetadata } from '../../../gen/gwconf/v1/conformance.js';

const type = new Schema([protoMetadata]).message('gwconf.v1.All');

describe('checkWire', () => {
  it('takes messages, and fields that it does not know', () => {
    const all = All.encode({
      ...All.create(),
      name: 'ä',
      labels: { a: 'b' },
      nested: undefined,
      nums: [1, 2],
    }).finish();
    expect(() => checkWire(all, type)).not.to.throw();
    expect(() => checkWire(Buffer.from('c23e0161', 'hex'), type)).not.to.throw();
  });

  for (const [what, hex, message] of [
    ['a field that is cut off', '0a0561', 'proto: cannot parse invalid wire-format data'],
    ['the end of a group that never began', '0a01610c', 'proto: cannot parse invalid wire-format data'],
    ['such an end in a message inside', '72010c', 'proto: cannot parse invalid wire-format data'],
    ['a field without a number', '00', 'proto: cannot parse invalid wire-format data'],
    ['text that is not UTF-8', '0a01ff', 'string field contains invalid UTF-8'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => checkWire(Buffer.from(hex, 'hex'), type)).to.throw(message);
    });
  }
});
