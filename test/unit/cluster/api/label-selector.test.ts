import { expect } from 'chai';
import { parseLabelSelector } from '../../../../cluster/api/label-selector.js';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', 'example.com/x': '', size: '5' };
  const matching = [
    '',
    'app',
    'app=web',
    'app==web',
    'app!=db',
    'other!=x',
    '!other',
    'app in (db, web)',
    'app notin (db)',
    'other notin (x)',
    'app=web,tier=front',
    'example.com/x=',
    'size>4',
    'size<6',
    ' app = web , tier ',
  ];
  const failing = [
    'other',
    'app=db',
    'app!=web',
    '!app',
    'app in (db)',
    'app notin (web,db)',
    'app=web,tier=back',
    'size>5',
    'app=',
    'other>1',
  ];
  for (const selector of matching) {
    it(`${JSON.stringify(selector)} matches`, () => {
      expect(parseLabelSelector(selector)?.(labels) ?? true).to.equal(true);
    });
  }
  for (const selector of failing) {
    it(`${JSON.stringify(selector)} does not match`, () => {
      expect(parseLabelSelector(selector)?.(labels)).to.equal(false);
    });
  }
  const wrong: [string, string][] = [
    ['a==,', '"" is neither a key'],
    ['a=b=c', '"a=b=c" is neither a key'],
    ['=a', '"=a" is neither a key'],
    ['a===b', '"a===b" is neither a key'],
    ['!a=b', '"!a=b" is neither a key'],
    ['a in b', '"a in b" is neither a key'],
    ['a in (b', '"a in (b" is neither a key'],
    ['a,b in (c,d', '"b in (c" is neither a key'],
    ['ain(b)', '"ain(b)" is neither a key'],
    ['a b', '"a b" is neither a key'],
    ['-=b', '<nil>: Invalid value: "-": name part must consist of'],
    ['a in (b, c d)', 'values[0]: Invalid value: "c d": a valid label must be'],
    ['a>x', "values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
  ];
  for (const [selector, message] of wrong) {
    it(`${JSON.stringify(selector)} is refused`, () => {
      expect(() => parseLabelSelector(selector)).to.throw(`unable to parse requirement: ${message}`);
    });
  }
});
