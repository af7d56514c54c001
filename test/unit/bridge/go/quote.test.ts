import { expect } from 'chai';
import { fromBytes } from '../../../../bridge/go/bytes.js';
import { goQuote } from '../../../../bridge/go/quote.js';
import { goSyntax } from '../../../../bridge/go/syntax.js';

describe('goQuote', () => {
  for (const [text, quoted] of [
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ['\u0007\n\u0001\u007f', '"\\a\\n\\x01\\x7f"'],
    ['ä😀\ufffd', '"ä😀\ufffd"'],
    ['\u00a0\u2028\ufeff\u{e0001}', '"\\u00a0\\u2028\\ufeff\\U000e0001"'],
    [fromBytes(Buffer.from([0x61, 0xff, 0xc3, 0xa4, 0xe4])), '"a\\xffä\\xe4"'],
  ] as const) {
    it(`quotes ${JSON.stringify(text)}`, () => {
      expect(goQuote(text)).to.equal(quoted);
    });
  }
});

describe('goSyntax', () => {
  for (const [value, text] of [
    [null, '<nil>'],
    [[1, 'a', null, 1e21], '[]interface {}{1, "a", interface {}(nil), 1e+21}'],
    [{ b: true, a: {} }, 'map[string]interface {}{"a":map[string]interface {}{}, "b":true}'],
  ] as const) {
    it(`shows ${JSON.stringify(value)}`, () => {
      expect(goSyntax(value)).to.equal(text);
    });
  }
});
