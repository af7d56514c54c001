import { expect } from 'chai';
import { suggest } from '../../../../bridge/json/suggest.js';

const NAMES = ['name', 'num_nodes', 'workdir', 'resources', 'envs', 'volumes', 'setup', 'run'];

describe('suggest', () => {
  for (const [wrong, meant] of [
    ['num_node', 'num_nodes'],
    ['numNodes', 'num_nodes'],
    ['nmae', 'name'],
    ['resource', 'resources'],
    ['env', 'envs'],
    ['rnu', 'run'],
    ['accelerators', undefined],
    ['zzz', undefined],
    ['x'.repeat(100_000), undefined],
  ] as const) {
    it(`takes ${wrong.slice(0, 20)} for ${meant}`, () => {
      expect(suggest(wrong, NAMES)).to.equal(meant);
    });
  }
});
