import { expect } from 'chai';
import fc from 'fast-check';
import { jobNames, labelValue, slugOf } from '../../../../server/kubernetes/names.js';

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('a', '-', '.', '_', 'B') }),
);

describe('slugOf', () => {
  for (const [name, slug] of [
    ['demo', 'demo'],
    ['My Task', 'my-task'],
    ['task-abc12345', 'task-abc12345'],
    ['2nd try', 'nd-try'],
    ['模型训练', 'task'],
    ['---', 'task'],
    ['', 'task'],
    ['a.b_c', 'a-b-c'],
    [`${'x'.repeat(39)}-y`, 'x'.repeat(39)],
  ] as const) {
    it(`of "${name}" is "${slug}"`, () => {
      expect(slugOf(name)).to.equal(slug);
    });
  }
});

describe('jobNames', () => {
  it('are the documented ones', () => {
    expect(jobNames('demo', 'abc12345', 1)).to.deep.equal(['demo-abc12345']);
    expect(jobNames('demo', 'abc12345', 2)).to.deep.equal(['demo-abc12345-node-0', 'demo-abc12345-node-1']);
    expect(jobNames('demo', 'abc12345', 1, 1)).to.deep.equal(['demo-abc12345-r1']);
    expect(jobNames('demo', 'abc12345', 2, 12)[1]).to.equal('demo-abc12345-node-1-r12');
  });

  it('are DNS labels, with a second attempt too, whatever the task is called', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(1, 2, 1000), (name, nodes) => {
        const last = jobNames(name, 'abc12345', nodes, 999).at(-1) ?? '';
        expect(last).to.match(DNS_LABEL);
        expect(last.length).to.be.below(64);
      }),
    );
  });
});

describe('labelValue', () => {
  it('leaves a valid value as it is', () => {
    for (const value of ['ann', 'a', 'A.b_c-d', 'x'.repeat(63)]) expect(labelValue(value)).to.equal(value);
  });

  it('is always valid', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(labelValue(value)).to.match(LABEL_VALUE);
        expect(labelValue(value).length).to.be.within(1, 63);
      }),
    );
  });

  it('tells apart what it had to change', () => {
    const values = [
      'a@b',
      'a-b',
      'a b',
      '-a-b',
      'a-b-',
      'Ünal',
      'Önal',
      '模型',
      '训练',
      `${'x'.repeat(63)}1`,
      `${'x'.repeat(63)}2`,
      '',
    ];
    expect(new Set(values.map(labelValue)).size).to.equal(values.length);
  });

  it('keeps what can be read', () => {
    expect(labelValue('ann@example.org')).to.match(/^ann-example\.org-[0-9a-f]{10}$/);
  });
});
