import { expect } from 'chai';
import { parseFieldSelector } from '../../../../cluster/api/field-selector.js';
import { kindOf } from '../../../../cluster/kinds/registry.js';
import type { KubeObject } from '../../../../cluster/store/object.js';

describe('field selectors', () => {
  const pod = {
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    spec: { nodeName: 'embedded' },
    status: { phase: 'Running' },
  } as KubeObject;
  const cases: [string, boolean][] = [
    ['metadata.name=p', true],
    ['metadata.name==p,metadata.namespace=n', true],
    ['metadata.name!=p', false],
    ['status.phase=Running,spec.nodeName=embedded', true],
    ['status.phase!=Running', false],
    ['spec.nodeName=', false],
    ['metadata.name=a\\,b', false],
  ];
  for (const [selector, result] of cases) {
    it(`${selector} ${result ? 'matches' : 'does not match'}`, () => {
      expect(parseFieldSelector(selector, kindOf('pods'))?.(pod)).to.equal(result);
    });
  }

  it('refuse fields that the kind does not offer, and what is no selector', () => {
    expect(() => parseFieldSelector('status.x=1', kindOf('pods'))).to.throw('field label not supported: status.x');
    expect(() => parseFieldSelector('status.failed=1', kindOf('jobs'))).to.throw(
      'field label "status.failed" not supported for Job',
    );
    expect(() => parseFieldSelector('a', kindOf('pods'))).to.throw("invalid selector: 'a'; can't understand 'a'");
  });
});
