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

  it('refuses bytes that are no text in words that cannot be sent, as those that quote them are not', () => {
    for (const text of ['%ff', '"a"%ff', '{"a":%c3}']) {
      expect(() => parseWhole(unescapeAll(text), readDynamic), text)
        .to.throw(JsonError)
        .with.property('message')
        .that.satisfies((message: string) => !isWellFormed(message));
    }
  });
});
