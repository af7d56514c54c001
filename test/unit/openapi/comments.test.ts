import { expect } from 'chai';
import { readComments } from '../../../openapi/comments.js';

describe('readComments', () => {
  const file = (leadingComments: string) => ({
    package: 'p',
    messageType: [{ name: 'M', field: [{ name: 'f' }], nestedType: [{ name: 'N', field: [{ name: 'g' }] }] }],
    enumType: [{ name: 'E', value: [{ name: 'A' }, { name: 'B' }] }],
    service: [{ name: 'S', method: [{ name: 'Call' }] }],
    sourceCodeInfo: {
      location: [
        { path: [4, 0, 2, 0], leadingComments },
        { path: [4, 0, 3, 0, 2, 0], leadingComments },
        { path: [5, 0, 2, 1], leadingComments },
        { path: [6, 0, 2, 0], leadingComments },
      ],
    },
  });

  it('finds what each is on', () => {
    expect([...readComments([file(' Text.\n')])]).to.deep.equal([
      ['p.M.f', 'Text.'],
      ['p.M.N.g', 'Text.'],
      ['p.E.B', 'Text.'],
      ['p.S.Call', 'Text.'],
    ]);
  });

  const cases: [given: string, text: string][] = [
    [' One line,\n broken.\n', 'One line, broken.'],
    [' One.\n\n Two.\n', 'One.\n\nTwo.'],
    [' One.\n\n (-- api-linter: x=disabled\n     aip.dev/not-precedent: so. --)\n', 'One.'],
    [' One.\n buf:lint:ignore ENUM_VALUE_PREFIX\n', 'One.'],
    [' One.\n aip.dev/not-precedent: this is\n no more.\n', 'One.'],
  ];
  for (const [given, text] of cases) {
    it(`${JSON.stringify(given)} is ${JSON.stringify(text)}`, () => {
      expect(readComments([file(given)]).get('p.M.f')).to.equal(text);
    });
  }
});
