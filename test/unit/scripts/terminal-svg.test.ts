import { expect } from 'chai';
import { terminalSvg } from '../../../scripts/pictures/terminal-svg.js';

describe('terminalSvg', () => {
  const texts = (written: string): string[] => terminalSvg(written).match(/<text.*<\/text>/g) ?? [];

  it('has a line of text for each line, with what XML reserves escaped', () => {
    const lines = texts('a < b\r\nb & c\r\n');
    expect(lines).to.have.length(2);
    expect(lines[0]).to.contain('>a &lt; b</tspan>');
    expect(lines[1]).to.contain('>b &amp; c</tspan>');
  });

  it('keeps colours and weight until they are changed', () => {
    const [line = ''] = texts('\u001b[1;31mbad\u001b[22m red\u001b[39m plain');
    expect(line).to.match(/fill="#f38ba8" font-weight="bold">bad</);
    expect(line).to.match(/fill="#f38ba8"> red</);
    expect(line).to.match(/fill="#cdd6f4"> plain</);
  });

  it('shows what was written last where a line was written over, and nothing of what moves the cursor', () => {
    expect(texts('waiting\r\u001b[Kdone\n')[0])
      .to.match(/>done</)
      .and.not.match(/waiting|\[K/);
  });
});
