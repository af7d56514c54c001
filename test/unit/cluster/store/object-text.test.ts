import { expect } from 'chai';
import type { KubeObject } from '../../../../cluster/store/object.js';
import { textOf } from '../../../../cluster/store/object-text.js';

/** An object that counts how often it is made into text. */
function counted(size: number): { object: KubeObject; made: () => number } {
  let made = 0;
  const data = {
    toJSON: () => {
      made += 1;
      return 'x'.repeat(size);
    },
  };
  const metadata = { name: 'a', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  return { object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, made: () => made };
}

describe('textOf', () => {
  it('makes the text of an object once', () => {
    const { object, made } = counted(10);
    expect([textOf(object), textOf(object)]).to.deep.equal([JSON.stringify(object), JSON.stringify(object)]);
    expect(made()).to.equal(3);
  });

  it('keeps a text that is very long until the next one, and not many others', () => {
    const [long, first] = [counted(2 * 1024 * 1024), counted(10)];
    textOf(long.object);
    textOf(long.object);
    expect(long.made()).to.equal(1);
    textOf(first.object);
    textOf(long.object);
    expect(long.made()).to.equal(2);
    textOf(first.object);
    for (let count = 0; count < 20; count += 1) textOf(counted(100 * 1024).object);
    const before = first.made();
    textOf(first.object);
    expect(first.made()).to.equal(before + 1);
  });
});
