import { expect } from 'chai';
import { decode } from '../../../../cluster/kinds/decode.js';
import { kindOf } from '../../../../cluster/kinds/registry.js';

describe('decoding', () => {
  const job = kindOf('jobs').schema;
  const inContainer = (fields: Record<string, unknown>) => ({
    spec: { template: { spec: { containers: [{ name: 'a', ...fields }] } } },
  });
  const container = (fields: Record<string, unknown>) => {
    const { value, unknown } = decode(job, inContainer(fields));
    // biome-ignore lint/suspicious/noExplicitAny: the shape is given just above
    return { container: (value as any).spec.template.spec.containers[0], unknown };
  };

  it('drops unknown fields and names them with their path', () => {
    const decoded = decode(job, { spec: { bogus: 1, ...inContainer({ foo: 2 }).spec } });
    expect(decoded.unknown).to.deep.equal(['spec.bogus', 'spec.template.spec.containers[0].foo']);
    expect(decoded.value['spec']).to.not.have.property('bogus');
  });

  it('leaves out what is empty and keeps what means something', () => {
    const decoded = container({
      image: '',
      env: [],
      command: [''],
      tty: false,
      securityContext: {},
      volumeMounts: null,
    });
    expect(decoded.container).to.deep.equal({ name: 'a', command: [''] });
    expect(decode(job, { spec: { backoffLimit: 0, suspend: false } }).value).to.deep.equal({
      spec: { backoffLimit: 0, suspend: false },
    });
  });

  it('makes quantities canonical, numbers included', () => {
    expect(container({ resources: { requests: { cpu: 0.5, memory: '1024Mi' } } }).container.resources).to.deep.equal({
      requests: { cpu: '500m', memory: '1Gi' },
    });
  });

  it('names what is not supported and what has no effect, unless it says nothing', () => {
    const fields = { lifecycle: { preStop: {} }, livenessProbe: {}, stdin: true, tty: false };
    const { refused, ignored, value } = decode(job, inContainer(fields));
    const path = 'spec.template.spec.containers[0]';
    expect({ refused, ignored }).to.deep.equal({ refused: [`${path}.lifecycle`], ignored: [`${path}.stdin`] });
    expect(value).to.have.nested.property(`${path}.stdin`, true);
  });

  it('does not take the names of the language for fields', () => {
    const decoded = decode(job, JSON.parse('{"spec":{"constructor":1,"__proto__":{"suspend":true}}}'));
    expect(decoded.unknown).to.deep.equal(['spec.constructor', 'spec.__proto__']);
    expect(decoded.value).to.deep.equal({ spec: {} });
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    [
      'text for a number',
      { spec: { backoffLimit: 'x' } },
      /cannot unmarshal string into Go struct field JobSpec\.spec\.backoffLimit of type int32/,
    ],
    ['a fraction for a number', { spec: { backoffLimit: 1.5 } }, /cannot unmarshal number 1\.5/],
    [
      'a number for text',
      inContainer({ image: 1 }),
      /cannot unmarshal number into Go struct field Container\.spec\.template\.spec\.containers\.image of type string/,
    ],
    ['a number as a label', { metadata: { labels: { a: 1 } } }, /ObjectMeta\.metadata\.labels of type string/],
    ['an object for a list', { spec: { template: { spec: { containers: {} } } } }, /cannot unmarshal object/],
    ['text for an object', { spec: 'x' }, /cannot unmarshal string/],
    ['no quantity', inContainer({ resources: { limits: { cpu: 'x' } } }), /quantities must match/],
  ];
  for (const [what, input, message] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => decode(job, input)).to.throw(message);
    });
  }
});
