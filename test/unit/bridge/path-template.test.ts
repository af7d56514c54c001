import { expect } from 'chai';
import { parsePathTemplate } from '../../../bridge/path-template.js';

describe('parsePathTemplate', () => {
  it('reads literals, wildcards and variables', () => {
    expect(parsePathTemplate('/v1/{name=shelves/*/books/**}/x/*')).to.deep.equal({
      segments: [{ literal: 'v1' }, { literal: 'shelves' }, '*', { literal: 'books' }, '**', { literal: 'x' }, '*'],
      verb: '',
      variables: [{ path: 'name', start: 1, end: 5 }],
      deep: 4,
    });
  });

  it('reads the root', () => {
    expect(parsePathTemplate('/').segments).to.deep.equal([{ literal: '' }]);
  });

  for (const [template, last, verb] of [
    ['/y/a:b:c', { literal: 'a:b' }, 'c'],
    ['/z/{a}:x:y', '*', 'x:y'],
    ['/z/{a=b/*}:go', '*', 'go'],
    ['/a:b/c', { literal: 'c' }, ''],
  ] as const) {
    it(`finds the verb of ${template}`, () => {
      const parsed = parsePathTemplate(template);
      expect([parsed.segments.at(-1), parsed.verb]).to.deep.equal([last, verb]);
    });
  }

  for (const [template, problem] of [
    ['v1', 'begin with a slash'],
    ['/a//b', 'a segment is empty'],
    ['/a/', 'a segment is empty'],
    ['/{a', 'not closed'],
    ['/{a={b}}', 'variables cannot be nested'],
    ['/x{a}', 'a variable has to be a whole segment'],
    ['/{1a}', '"1a" is not a field path'],
    ['/{a=**}/**', 'more than one'],
    ['/%zz', 'not a legal segment'],
  ] as const) {
    it(`refuses ${template}`, () => {
      expect(() => parsePathTemplate(template)).to.throw(problem);
    });
  }
});
