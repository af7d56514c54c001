import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createIo } from '../../../../cli/io.js';
import { createScreen } from '../../../../cli/output/screen.js';

/** A terminal of so many columns and rows, and what was written to it since last asked. */
function terminal(columns: number, rows: number) {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  const continued = new EventEmitter();
  const io = createIo(
    { stdin: new PassThrough(), stdout, stderr: new PassThrough() },
    new AbortController().signal,
    continued,
  );
  return { stdout, continued, io, written: () => String(stdout.read() ?? '') };
}

describe('createScreen', () => {
  it('puts each text in place of the one before', async () => {
    const { io, written } = terminal(80, 24);
    const screen = createScreen(io, () => {});
    await screen.draw('a\nb\n');
    expect(written()).to.equal('\r\u001b[Ja\nb\n');
    await screen.draw('c\n');
    expect(written()).to.equal('\u001b[2A\r\u001b[Jc\n');
  });

  it('counts the rows that long lines take, colours aside', async () => {
    const { io, written } = terminal(10, 24);
    const screen = createScreen(io, () => {});
    await screen.draw(`\u001b[31m${'x'.repeat(15)}\u001b[39m\n`);
    written();
    await screen.draw('y\n');
    expect(written().startsWith('\u001b[2A')).to.equal(true);
  });

  it('shows no more than the terminal has room for', async () => {
    const { io, written } = terminal(80, 5);
    await createScreen(io, () => {}).draw('1\n2\n3\n4\n5\n6\n');
    expect(written()).to.equal('\r\u001b[J1\n2\n3\n… 3 more lines\n');
  });

  it('begins anew after a resize, and below what others wrote after Ctrl+Z', async () => {
    const { io, stdout, continued, written } = terminal(80, 24);
    let asked = 0;
    const screen = createScreen(io, () => asked++);
    await screen.draw('a\n');
    written();
    stdout.emit('resize');
    await screen.draw('b\n');
    expect(written()).to.equal('\u001b[2J\u001b[H\r\u001b[Jb\n');
    continued.emit('SIGCONT');
    await screen.draw('c\n');
    expect(written()).to.equal('\r\u001b[Jc\n');
    expect(asked).to.equal(2);
    screen.end();
    stdout.emit('resize');
    expect(asked).to.equal(2);
  });
});
