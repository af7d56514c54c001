import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { mock } from 'node:test';
import { expect } from 'chai';
import { LogFile } from '../../../../../cluster/node/logs/log-file.js';
import { type LogOptions, readLog } from '../../../../../cluster/node/logs/log-reader.js';
import { writeLog } from '../../../../../cluster/node/logs/log-writer.js';

const never = new AbortController().signal;
const fail = (error: Error): void => {
  throw error;
};

describe('the log of a container', () => {
  let directory: string;
  let file: LogFile;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'log-test-'));
    file = new LogFile(directory, 'main');
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  const write = (stdout: Buffer | string, target = file): Promise<void> =>
    writeLog(target, { stdout: Readable.from([Buffer.from(stdout)]), stderr: Readable.from([]) }, fail);

  async function read(options: LogOptions = {}, target = file, signal = never): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readLog(target, options, signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('gives every byte back, without a newline that was not there', async () => {
    const content = Buffer.concat([randomBytes(200_000), Buffer.alloc(70_000, 'y'), Buffer.from('\n\n\r\nlast')]);
    await write(content);
    expect((await read()).equals(content)).to.equal(true);
  });

  it('ends for those who follow it when its program is not read on', async () => {
    const stdout = new PassThrough();
    const written = writeLog(file, { stdout, stderr: Readable.from([]) }, fail);
    const following = read({ follow: true });
    stdout.write('begun\nand no');
    await file.changed(0, never);
    stdout.destroy();
    await written;
    expect((await following).toString()).to.equal('begun\nand no');
  });

  it('puts one time in front of each line, however long', async () => {
    await write(`short\n${'z'.repeat(40_000)}\nend`);
    const lines = (await read({ timestamps: true })).toString().split('\n');
    expect(lines).to.have.length(3);
    for (const line of lines) expect(line).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z [szee]/);
    expect(lines[1]).to.have.length(40_031);
  });

  it('gives the last lines, a number of bytes, or what is new enough', async () => {
    await write('one\ntwo\nthree\nfour');
    expect((await read({ tailLines: 2 })).toString()).to.equal('three\nfour');
    expect((await read({ tailLines: 0 })).toString()).to.equal('');
    expect((await read({ tailLines: 99 })).toString()).to.equal('one\ntwo\nthree\nfour');
    expect((await read({ limitBytes: 6 })).toString()).to.equal('one\ntw');
    expect((await read({ sinceTime: new Date(Date.now() + 5000).toISOString() })).toString()).to.equal('');
    // Whole seconds: what was printed earlier in the same second is given too.
    const [first = ''] = (await read({ timestamps: true })).toString().split(' ');
    expect((await read({ sinceTime: `${first.slice(0, 19)}.999999999Z` })).toString()).to.contain('one');
  });

  it('follows what is written until the container has ended', async () => {
    const stdout = new PassThrough();
    const written = writeLog(file, { stdout, stderr: Readable.from([]) }, fail);
    const reader = readLog(file, { follow: true }, never);
    stdout.write('first\n');
    expect(Buffer.from((await reader.next()).value ?? '').toString()).to.equal('first\n');
    const next = reader.next();
    stdout.write('second\n');
    expect(Buffer.from((await next).value ?? '').toString()).to.equal('second\n');
    stdout.end('third');
    expect(Buffer.from((await reader.next()).value ?? '').toString()).to.equal('third');
    expect((await reader.next()).done).to.equal(true);
    await written;
  });

  it('stops following when the signal fires', async () => {
    const stop = new AbortController();
    const reading = read({ follow: true }, file, stop.signal);
    stop.abort();
    expect((await reading).length).to.equal(0);
  });

  it('exchanges the file, keeps a bounded number, and followers go on', async () => {
    const small = new LogFile(directory, 'main', { maxBytes: 1000, maxFiles: 3 });
    const stdout = new PassThrough();
    const written = writeLog(small, { stdout, stderr: Readable.from([]) }, fail);
    const reader = readLog(small, { follow: true }, never);
    let followed = '';
    for (let index = 0; index < 200; index += 1) {
      const line = `line ${index}\n`;
      stdout.write(line);
      followed += Buffer.from((await reader.next()).value ?? '').toString();
      expect(followed.endsWith(line)).to.equal(true);
    }
    stdout.end();
    await written;
    expect((await reader.next()).done).to.equal(true);
    expect(followed.split('\n')).to.have.length(201);
    expect((await readdir(directory)).length).to.be.at.most(3);
    expect((await read({}, small)).toString()).to.match(/line 199\n$/);
  });

  it('breaks off for who is so slow that files were removed before they were read', async () => {
    const small = new LogFile(directory, 'main', { maxBytes: 1000, maxFiles: 3 });
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const stdout = Readable.from(
      (async function* program() {
        yield Buffer.from('first\n');
        await held;
        for (let file = 0; file < 5; file += 1) yield Buffer.alloc(1000, `file ${file}\n`);
      })(),
    );
    const written = writeLog(small, { stdout, stderr: Readable.from([]) }, fail);
    const reader = readLog(small, { follow: true }, never);
    expect(Buffer.from((await reader.next()).value ?? '').toString()).to.equal('first\n');
    goOn();
    await written;
    let rest = '';
    const end: unknown = await (async () => {
      for await (const chunk of reader) rest += Buffer.from(chunk).toString();
    })().catch(String);
    expect(end).to.equal('Error: the log file was removed before it was read');
    expect(rest, 'what it had open').to.match(/^(file 0\n)+$/);
  });

  it('slows down a program that prints faster than the disk writes', async () => {
    let read = 0;
    const stdout = new Readable({
      read() {
        read += 1;
        this.push(read > 50 ? null : Buffer.alloc(64 * 1024, 'x'));
      },
    });
    const gate: (() => void)[] = [];
    const slow = new LogFile(directory, 'slow');
    const append = slow.append.bind(slow);
    slow.append = async (records) => {
      await new Promise<void>((resolve) => gate.push(resolve));
      await append(records);
    };
    const written = writeLog(slow, { stdout, stderr: Readable.from([]) }, fail);
    while (gate.length === 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(read).to.be.below(5);
    const open = setInterval(() => gate.shift()?.(), 0);
    await written;
    clearInterval(open);
    expect((await readdir(directory)).length).to.be.greaterThan(0);
  });

  it('reads on after a restart what an earlier process wrote', async () => {
    await write('kept\n');
    const later = new LogFile(directory, 'main');
    await later.adopt();
    expect((await read({ follow: true }, later)).toString()).to.equal('kept\n');
  });

  it('goes on without the lines that the disk refused, and says so once', async () => {
    const broken = new LogFile(join(directory, 'x'.repeat(300)), 'main');
    const errors: Error[] = [];
    const streams = { stdout: Readable.from([Buffer.from('a\n'), Buffer.from('b\n')]), stderr: Readable.from([]) };
    await writeLog(broken, streams, (error) => errors.push(error));
    expect(errors.map(({ message }) => message)).to.have.length(1);
    expect(broken.ended).to.equal(true);
  });

  it('has nothing of a line that the disk took only in part, not for those who follow it either', async () => {
    const stdout = new PassThrough();
    const errors: Error[] = [];
    const written = writeLog(file, { stdout, stderr: Readable.from([]) }, (error) => errors.push(error));
    const follower = readLog(file, { follow: true, timestamps: true }, never);
    const followed: string[] = [];
    const follow = async (): Promise<void> => {
      followed.push(Buffer.from((await follower.next()).value ?? '').toString());
    };
    stdout.write('one\n');
    await follow();
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    // The second line, and the third up to its third letter, reach the disk.
    const part = async function part(this: FileHandle, records: Buffer): Promise<void> {
      await this.write(records.subarray(0, records.indexOf('three') + 3));
      await follow();
      followed.push(`last: ${String(await read({ tailLines: 1 }))}`, `none: ${String(await read({ tailLines: 0 }))}`);
      stdout.end('four\n');
      throw full;
    };
    const probe = await open(directory);
    await probe.close();
    mock.method(Object.getPrototypeOf(probe) as FileHandle, 'writeFile', part, { times: 1 });
    stdout.write('two\nthree\n');
    await written;
    await follow();
    expect(errors).to.deep.equal([full]);
    const time = String.raw`\d{4}-\d\d-\d\dT\S{19}`;
    expect(followed.join('')).to.match(RegExp(`^${time} one\n${time} two\nlast: two\nnone: ${time} four\n$`));
    expect((await read({ timestamps: true })).toString()).to.match(
      RegExp(`^${time} one\n${time} two\n${time} four\n$`),
    );
  });
});
