import { expect } from 'chai';
import { isWellFormed } from '../../../../bridge/go/bytes.js';
import { parseWhole } from '../../../../bridge/json/parse.js';
import { JsonError } from '../../../../bridge/json/scanner.js';
import { readDynamic } from '../../../../bridge/json/well-known-reader.js';
import { unescapeAll } from '../../../../bridge/unescape.js';

describe('parseWhole', () => {
  it('counts columns from the beginning of the text, not of the value', () => {
    expect(() => parseWhole(' Inf', readDynamic)).to.throw(JsonError, '(line 1:2): invalid value Inf');
  });

  for (const [text, message] of [
    ['"a', 'proto: unexpected EOF'],
    ['"a\nb"', "proto: syntax error (line 1:1): invalid character '\\n' in string"],
    ['"\\x"', 'proto: syntax error (line 1:1): invalid escape code "\\\\x" in string'],
    ['"\\ä"', 'proto: syntax error (line 1:1): invalid escape code "\\\\\\xc3" in string'],
    ['"\\u12', 'proto: unexpected EOF'],
    ['{"a"}', 'proto: syntax error (line 1:5): unexpected character }, missing ":" after field name'],
    ['{"a" 1}', 'proto: syntax error (line 1:6): unexpected character 1, missing ":" after field name'],
    ['{"a":', 'proto: unexpected EOF'],
    ['[1,', 'proto: unexpected EOF'],
    ['[1 "\\y"]', 'proto: syntax error (line 1:4): invalid escape code "\\\\y" in string'],
  ] as const) {
    it(`says what is wrong with ${text}`, () => {
      expect(() => parseWhole(text, readDynamic))
        .to.throw(JsonError)
        .with.property('message', message);
    });
  }

  it('refuses bytes that are no text in words that cannot be sent, as those that quote them are not', () => {
    for (const text of ['%ff', '"a"%ff', '{"a":%c3}']) {
      expect(() => parseWhole(unescapeAll(text), readDynamic), text)
        .to.throw(JsonError)
        .with.property('message')
        .that.satisfies((message: string) => !isWellFormed(message));
    }
  });
});
