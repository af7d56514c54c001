import { EventEmitter } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { expect } from 'chai';
import { createIo, OutputClosedError } from '../../../cli/io.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

/** A stream whose first write ends when it is told to. */
function slowStream(): { stream: Writable; pending: (() => void)[] } {
  const pending: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write(_piece, _encoding, done) {
      pending.push(done);
    },
  });
  return { stream, pending };
}

describe('createIo', () => {
  const never = new AbortController().signal;

  it('waits while the reader of stdout is slow', async () => {
    const { stream, pending } = slowStream();
    const io = createIo({ stdin: new PassThrough(), stdout: stream, stderr: new PassThrough() }, never);
    let done = false;
    const write = io.out('data').then(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).to.equal(false);
    for (const done of pending) done();
    await write;
    expect(done).to.equal(true);
  });

  it('does not know the size of a terminal that has been told none', () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 0, rows: 0 });
    const io = createIo({ stdin: new PassThrough(), stdout: stream, stderr: stream }, never);
    expect(io).to.include({ outIsTerminal: true, columns: undefined, rows: undefined, errColumns: undefined });
  });

  it('knows whether stdout and stderr are one file', () => {
    const folder = createTemporaryFolder();
    const files = ['a', 'a', 'b'].map((name) => openSync(join(folder.path, name), 'a'));
    const [a, again, b] = files.map((fd) => Object.assign(new PassThrough(), { fd }));
    const isOne = (stdout = new PassThrough(), stderr = new PassThrough()): boolean =>
      createIo({ stdin: new PassThrough(), stdout, stderr }, never).outIsErr;
    expect([isOne(a, again), isOne(a, b), isOne(a), isOne()]).to.deep.equal([true, false, false, false]);
    for (const file of files) closeSync(file);
    folder.remove();
  });

  it('stops waiting for a slow reader when it is aborted', async () => {
    const abort = new AbortController();
    const io = createIo(
      { stdin: new PassThrough(), stdout: slowStream().stream, stderr: new PassThrough() },
      abort.signal,
    );
    const write = io.out('data');
    abort.abort();
    await write;
  });

  it('tells a reader that went away from other failures', async () => {
    const errors = ['EPIPE', 'ENOSPC'].map(async (code) => {
      const stream = new Writable({
        highWaterMark: 1,
        write(_piece, _encoding, done) {
          setImmediate(() => done(Object.assign(new Error(`write ${code}`), { code })));
        },
      });
      const io = createIo({ stdin: new PassThrough(), stdout: stream, stderr: new PassThrough() }, never);
      return io.out('data').catch((error: unknown) => error);
    });
    const [closed, full] = await Promise.all(errors);
    expect(closed).to.be.instanceOf(OutputClosedError);
    expect(full).to.include({ code: 'ENOSPC' });
  });

  const answers: readonly (readonly [input: string, yes: boolean])[] = [
    ['y\n', true],
    ['YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['', false],
  ];
  for (const [input, yes] of answers) {
    it(`takes the answer ${JSON.stringify(input)} for a ${yes ? 'yes' : 'no'}`, async () => {
      const stdin = new PassThrough();
      const io = createIo({ stdin, stdout: new PassThrough(), stderr: new PassThrough() }, never);
      stdin.end(input);
      expect(await io.confirm('Really?', never)).to.equal(yes);
    });
  }

  it('takes each key, and again after a stop, from which a shell may have brought the terminal back otherwise', () => {
    const set: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => set.push(raw) });
    const continued = new EventEmitter();
    const restore = createIo(
      { stdin, stdout: new PassThrough(), stderr: new PassThrough() },
      never,
      continued,
    ).rawMode();
    continued.emit('SIGCONT');
    restore();
    continued.emit('SIGCONT');
    expect(set).to.deep.equal([true, false, true, false]);
  });

  it('gives up a question when it is aborted', async () => {
    const abort = new AbortController();
    const io = createIo({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }, never);
    const answer = io.confirm('Really?', abort.signal).catch((error: unknown) => error);
    abort.abort();
    expect(await answer).to.include({ name: 'AbortError' });
  });

  it('ignores that nobody reads stderr', async () => {
    const stderr = new PassThrough();
    stderr.destroy();
    const io = createIo({ stdin: new PassThrough(), stdout: new PassThrough(), stderr }, never);
    await io.err('data');
    expect(await io.out('data')).to.equal(undefined);
  });

  it('does not collect listeners on a stream that is written to often', async () => {
    const stream = new Writable({
      highWaterMark: 1,
      write(_piece, _encoding, done) {
        setImmediate(done);
      },
    });
    const io = createIo({ stdin: new PassThrough(), stdout: stream, stderr: new PassThrough() }, never);
    for (let i = 0; i < 20; i++) await io.out('data');
    expect(stream.listenerCount('drain') + stream.listenerCount('close')).to.be.at.most(1);
  });
});
