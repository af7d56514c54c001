import { expect } from 'chai';
import { fromBytes } from '../../../../bridge/go/bytes.js';
import { scanValue } from '../../../../bridge/go/json-syntax.js';

describe('scanValue', () => {
  for (const [text, message] of [
    ['', 'EOF'],
    [' \n', 'EOF'],
    ['{', 'unexpected EOF'],
    ['{"a":1', 'unexpected EOF'],
    ['"abc', 'unexpected EOF'],
    ['{"name":}', "invalid character '}' looking for beginning of value"],
    ['not json', "invalid character 'o' in literal null (expecting 'u')"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['[['.repeat(6000), "invalid character '[' exceeded max depth"],
    ['['.repeat(9000), 'unexpected EOF'],
    [fromBytes(Buffer.from([0xfe])), "invalid character 'þ' looking for beginning of value"],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 20))}`, () => {
      expect(scanValue(text, 0)).to.deep.equal({ error: message });
    });
  }

  for (const [text, end] of [
    ['{}', 2],
    [' {"a":[1,-0.5e+3,true,false,null,"\\ud83d\\u0000"]} trailing', 49],
    ['0', 1],
    ['01', 1],
  ] as const) {
    it(`finds the end of the first value of ${text}`, () => {
      expect(scanValue(text, 0)).to.deep.equal({ end });
    });
  }
});
