import { expect } from 'chai';
import { optionOf, withOptionName } from '../../../cli/override-names.js';

describe('optionOf', () => {
  for (const [field, option] of [
    ['overrides.name', '--name'],
    ['overrides.num_nodes', '--num-nodes'],
    ['overrides.cpus', '--cpus'],
    ['overrides.memory', '--memory'],
    ['overrides.accelerators', '--gpus'],
    ['overrides.image_id', '--image'],
    ['overrides.envs.LR', '--env LR'],
    ['overrides.secrets.TOKEN', '--secret TOKEN'],
    ['overrides.toString', undefined],
    ['resources.cpus', undefined],
    ['', undefined],
  ] as const) {
    it(`names ${option ?? 'nothing'} for ${field || 'no field'}`, () => {
      expect(optionOf(field)).to.equal(option);
    });
  }
});

describe('withOptionName', () => {
  for (const [text, shown] of [
    ['overrides.cpus: "x" is bad: very', '--cpus: "x" is bad: very'],
    ['overrides.envs.TOKEN: looks like a secret', '--env TOKEN: looks like a secret'],
    ['resources.cpus: bad', 'resources.cpus: bad'],
    ['the overrides.cpus: bad', 'the overrides.cpus: bad'],
  ] as const) {
    it(`makes "${shown}" of "${text}"`, () => {
      expect(withOptionName(text)).to.equal(shown);
    });
  }
});
