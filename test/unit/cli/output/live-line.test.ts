import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createIo } from '../../../../cli/io.js';
import { createLiveLine } from '../../../../cli/output/live-line.js';

describe('createLiveLine', () => {
  it('says what is waited for and how long, in one line that fits, and goes without a trace', async () => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 26 });
    const io = createIo({ stdin: new PassThrough(), stdout: new PassThrough(), stderr }, new AbortController().signal);
    let nowMs = 0;
    const line = createLiveLine(io, () => nowMs);
    await line.show('waiting to start', 0);
    nowMs = 12_000;
    await line.show('waiting: pulling image\u001b[2J', 45_000);
    await line.clear();
    await line.clear();
    const erase = '\r\u001b[2K';
    expect(String(stderr.read())).to.equal(`${erase}waiting to start (0 s)${erase}waiting: pullin… (45 s)${erase}`);
  });

  it('takes all rows away that it has in a terminal that has become narrower', async () => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
    const io = createIo({ stdin: new PassThrough(), stdout: new PassThrough(), stderr }, new AbortController().signal);
    const line = createLiveLine(io, () => 0);
    await line.show('waiting: this takes fifty columns with the span', 0);
    stderr.read();
    stderr.columns = 20;
    await line.show('waiting', 0);
    expect(String(stderr.read())).to.equal('\r\u001b[2A\u001b[Jwaiting (0 s)');
    await line.clear();
  });
});
