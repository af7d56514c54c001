import { expect } from 'chai';
import { RecentTexts } from '../../../taskfile/recent-texts.js';

describe('RecentTexts', () => {
  it('knows the last 16 texts that were asked for', () => {
    const recent = new RecentTexts<number>();
    for (let at = 0; at < 16; at += 1) recent.add(`text ${at}`, at);
    expect(recent.get('text 0')).to.equal(0);
    recent.add('another', 16);
    expect(recent.get('text 0'), 'asked for lately').to.equal(0);
    expect(recent.get('text 1'), 'the oldest').to.equal(undefined);
    expect(recent.get('text 2')).to.equal(2);
  });

  it('keeps no long texts', () => {
    const recent = new RecentTexts<number>();
    const long = 'x'.repeat(20_000);
    recent.add(long, 1);
    expect(recent.get(long)).to.equal(undefined);
  });
});
