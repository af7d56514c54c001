import { expect } from 'chai';
import { didYouMean } from '../../../taskfile/did-you-mean.js';

const NAMES = ['name', 'num_nodes', 'resources', 'envs', 'setup', 'run'];

describe('didYouMean', () => {
  const cases: [string, string | undefined][] = [
    ['num_node', 'num_nodes'],
    ['numNodes', 'num_nodes'],
    ['num-nodes', 'num_nodes'],
    ['ressources', 'resources'],
    ['Run', 'run'],
    ['rum', 'run'],
    ['env', 'envs'],
    ['completely', undefined],
    ['x', undefined],
    ['', undefined],
    ['n'.repeat(5000), undefined],
  ];
  for (const [word, expected] of cases) {
    it(`offers ${expected} for ${word.slice(0, 20)}`, () => {
      expect(didYouMean(word, NAMES)).to.equal(expected);
    });
  }
});
