import { expect } from 'chai';
import { parsePathTemplate } from '../../../bridge/path-template.js';
import { Router, type RouterOptions } from '../../../bridge/router.js';

function router(
  templates: readonly string[],
  options: RouterOptions = {},
): Router<{ method: string; template: ReturnType<typeof parsePathTemplate>; name: string }> {
  return new Router(
    templates.map((name) => ({ method: 'GET', template: parsePathTemplate(name), name })),
    options,
  );
}

/** `template value value`, or '-' when nothing matches. */
function find(templates: readonly string[], path: string, options: RouterOptions = {}): string {
  const match = router(templates, options).find('GET', path);
  return match ? [match.route.name, ...match.values].join(' ') : '-';
}

describe('Router', () => {
  for (const [what, templates, path, found] of [
    ['the route that was registered last', ['/{a}', '/lit', '/{b}'], '/lit', '/{b} lit'],
    ['a literal that was registered later', ['/{a}', '/lit'], '/lit', '/lit'],
    ['an empty segment as a value', ['/one/{a}'], '/one/', '/one/{a} '],
    ['nothing for a trailing slash too many', ['/one/{a}'], '/one/x/', '-'],
    ['nothing in another case', ['/one'], '/One', '-'],
    ['nothing for a missing segment', ['/one/{a}'], '/one', '-'],
    ['several segments in one value', ['/{a=s/*/b/*}'], '/s/1/b/2', '/{a=s/*/b/*} s/1/b/2'],
    ['any number of segments', ['/d/{a=**}'], '/d/x//y', '/d/{a=**} x//y'],
    ['no segments at all', ['/d/{a=**}'], '/d', '/d/{a=**} '],
    ['what stands behind any number of segments', ['/d/{a=**}/t/{b}'], '/d/x/y/t/z', '/d/{a=**}/t/{b} x/y z'],
    ['a verb', ['/v/{a}', '/v/{a}:go'], '/v/x:go', '/v/{a}:go x'],
    ['a value with a colon where the verb is another', ['/v/{a}', '/v/{a}:go'], '/v/x:no', '/v/{a} x:no'],
    ['no verb without something before it', ['/v/{a}:go'], '/v/:go', '-'],
    ['an escaped slash as a separator', ['/one/{a}'], '/one/x%2Fy', '-'],
    ['an escaped literal', ['/one/{a}'], '/%6Fne/x%20y', '/one/{a} x y'],
    ['a value that was escaped twice, decoded once', ['/one/{a}'], '/one/a%252Fb', '/one/{a} a%2Fb'],
  ] as const) {
    it(`finds ${what}`, () => {
      expect(find(templates, path)).to.equal(found);
    });
  }

  for (const [unescapingMode, one, deep, literal] of [
    ['legacy', '-', 'a/b !/c', '200'],
    ['all-except-reserved', 'a/b', 'a%2Fb %21/c', '-'],
    ['all-except-slash', 'a/b', 'a%2Fb !/c', '-'],
    ['all-characters', '-', 'a/b !/c', '-'],
  ] as const) {
    it(`decodes as ${unescapingMode} says`, () => {
      const options = { unescapingMode };
      expect(find(['/one/{a}'], '/one/a%2Fb', options).split(' ').at(-1)).to.equal(one);
      expect(find(['/deep/{a=**}'], '/deep/a%2Fb%20%21/c', options)).to.equal(`/deep/{a=**} ${deep}`);
      expect(find(['/one'], '/%6Fne', options) === '-' ? '-' : '200').to.equal(literal);
    });
  }

  it('can ask for at least one segment behind a literal', () => {
    expect(find(['/d/{a=**}'], '/d', { strictDeepWildcard: true })).to.equal('-');
    expect(find(['/d/{a=**}'], '/d/', { strictDeepWildcard: true })).to.equal('/d/{a=**} ');
  });

  it('knows paths of other methods', () => {
    expect(router(['/a/{b}']).find('POST', '/a/b')).to.equal(undefined);
    expect(router(['/a/{b}']).knows('/a/b')).to.equal(true);
    expect(router(['/a/{b}']).knows('/a')).to.equal(false);
  });
});
