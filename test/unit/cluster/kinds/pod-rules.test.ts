import { expect } from 'chai';
import { ignoredImages } from '../../../../cluster/kinds/pod-rules.js';

describe('ignoredImages', () => {
  const spec = { containers: [{ image: 'team/a:1' }, { image: 'team/a:1' }, { image: 'b' }] };

  it('names each image once', () => {
    expect(ignoredImages({ metadata: {}, spec })).to.deep.equal([
      'image "team/a:1", "b" is ignored: the embedded cluster pulls no images, the program runs with this machine\'s own files',
    ]);
    expect(ignoredImages({ spec })).to.have.length(1);
  });

  it('says nothing of an image that nobody asked for', () => {
    const annotations = { 'k8s-cli/default-image': 'true' };
    expect(ignoredImages({ metadata: { annotations }, spec })).to.deep.equal([]);
  });
});
