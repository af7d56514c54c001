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
  // In the words of a Kubernetes 1.36.
  const wrong: [string, string][] = [
    ['a==,', "found '', expected: identifier after ','"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a===b', "unable to parse requirement: found '=', expected: identifier"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ];
  for (const [selector, message] of wrong) {
    it(`${JSON.stringify(selector)} is refused`, () => {
      expect(() => parseLabelSelector(selector)).to.throw(message);
    });
  }
});
