import { expect } from 'chai';
import { RecentTrees } from '../../../taskfile/recent-trees.js';
import type { TreeNode } from '../../../taskfile/tree.js';

const TREE: TreeNode = { kind: 'null', at: undefined };

describe('RecentTrees', () => {
  it('knows the last 16 texts that were asked for', () => {
    const recent = new RecentTrees();
    for (let at = 0; at < 16; at += 1) recent.add(`text ${at}`, TREE);
    expect(recent.get('text 0')).to.equal(TREE);
    recent.add('another', TREE);
    expect(recent.get('text 0'), 'asked for lately').to.equal(TREE);
    expect(recent.get('text 1'), 'the oldest').to.equal(undefined);
    expect(recent.get('text 2')).to.equal(TREE);
  });

  it('keeps no long texts', () => {
    const recent = new RecentTrees();
    const long = 'x'.repeat(20_000);
    recent.add(long, TREE);
    expect(recent.get(long)).to.equal(undefined);
  });
});
