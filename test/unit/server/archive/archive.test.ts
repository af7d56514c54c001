import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { Archive } from '../../../../server/archive/archive.js';
import type { LogEvent, LogOptions, LogPiece, LogPosition } from '../../../../server/domain/ports.js';
import { eventually } from '../../../support/server/eventually.js';

const TASK = { id: 'abc12345', uid: 'record-1' };
const ALL: LogOptions = { follow: false, tail: undefined, sinceMs: undefined, position: undefined };
const POD = { name: 'p', uid: 'pod-1', containerName: 'task', index: 0, createdAtMs: 1000 };
const SECOND = 1_000_000_000n;
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** Keeps a log of three lines that is somewhat longer than 4 KiB, and says how that went. */
const WRITER = `
import { writeLog } from './server/archive/log-file.ts';
async function* events() {
  for (const text of ['a', 'b', 'c']) {
    yield { kind: 'lines', pieces: [{ timeNs: 1n, bytes: Buffer.alloc(1500, text), partial: false, newline: true }] };
  }
}
console.log(await writeLog(process.argv[1], 'w', events()).then(() => 'kept', ({ code }) => code));
`;

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* of(...events: LogEvent[]): AsyncGenerator<LogEvent, void, undefined> {
  yield* events;
}

function lines(...pieces: [timeNs: bigint, text: string, over?: Partial<LogPiece>][]): LogEvent {
  return {
    kind: 'lines',
    pieces: pieces.map(([timeNs, text, over]) => ({
      timeNs,
      bytes: Buffer.from(text),
      partial: false,
      newline: true,
      ...over,
    })),
    position: { pod: POD.uid, timeNs: 0n, count: 0, bytes: 0 },
  };
}

function gap(reason: string): LogEvent {
  return { kind: 'gap', afterNs: 5n, beforeNs: undefined, reason };
}

describe('the archive of logs', () => {
  let directory: string;
  let archive: Archive;
  let nowMs = 0;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'archive-test-'));
    archive = new Archive(directory, () => nowMs);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function read(over: Partial<LogOptions> = {}): Promise<LogEvent[]> {
    return collect(archive.read(TASK, 0, POD.uid, { ...ALL, ...over }));
  }
  /** The text of what was read, gaps in brackets. */
  async function text(over: Partial<LogOptions> = {}): Promise<string> {
    return (await read(over))
      .map((event) =>
        event.kind === 'gap'
          ? `[${event.reason}]`
          : event.pieces.map(({ bytes, newline }) => `${Buffer.from(bytes).toString()}${newline ? '\n' : ''}`).join(''),
      )
      .join('');
  }

  it('gives back what it was given: times, bytes, and whether a newline was at the end', async () => {
    await archive.keep(TASK, POD, of(lines([1n, 'one'], [2n, '']), lines([2n, 'three', { newline: false }])));
    const events = await read();
    const pieces = events.flatMap((event) => (event.kind === 'lines' ? event.pieces : []));
    expect(pieces.map(({ timeNs, newline }) => [timeNs, newline])).to.deep.equal([
      [1n, true],
      [2n, true],
      [2n, false],
    ]);
    expect(await text()).to.equal('one\n\nthree');
    const position = { pod: 'pod-1', timeNs: 2n, count: 2, bytes: 0 };
    expect(events.at(-1)).to.have.deep.property('position', position);
  });

  it('writes lines as kubectl logs --timestamps prints them', async () => {
    await archive.keep(TASK, POD, of(lines([1_790_000_000n * SECOND + 12n, 'hello'])));
    const file = join(directory, 'abc12345.record-1', 'node-0.1000.pod-1.log');
    expect(await readFile(file, 'utf8')).to.equal('2026-09-21T14:13:20.000000012Z hello\n');
  });

  it('goes on behind a position', async () => {
    await archive.keep(TASK, POD, of(lines([SECOND, 'a'], [SECOND, 'b'], [SECOND, 'c'], [2n * SECOND, 'd'])));
    const position: LogPosition = { pod: POD.uid, timeNs: SECOND, count: 2, bytes: 0 };
    expect(await text({ position, tail: 1 })).to.equal('c\nd\n');
    expect(await text({ position: { ...position, timeNs: 2n * SECOND, count: 1 } })).to.equal('');
  });

  it('gives the last lines, an unfinished one counted', async () => {
    await archive.keep(TASK, POD, of(lines([1n, 'a'], [2n, 'b'], [3n, 'c', { newline: false }])));
    expect(await text({ tail: 2 })).to.equal('b\nc');
    expect(await text({ tail: 0 })).to.equal('');
    expect(await text({ tail: 9 })).to.equal('a\nb\nc');
  });

  it('gives what was written since a time', async () => {
    nowMs = 10_000;
    await archive.keep(TASK, POD, of(lines([4n * SECOND, 'old'], [8n * SECOND, 'new'])));
    expect(await text({ sinceMs: 5000 })).to.equal('new\n');
  });

  it('says where lines are missing, at their place', async () => {
    await archive.keep(TASK, POD, of(gap('first'), lines([1n, 'a']), gap('middle'), lines([9n, 'b']), gap('end')));
    expect(await text()).to.equal('[first]a\n[middle]b\n[end]');
    expect((await read()).filter(({ kind }) => kind === 'gap')[1]).to.deep.equal(gap('middle'));
    const position: LogPosition = { pod: POD.uid, timeNs: 1n, count: 1, bytes: 0 };
    expect(await text({ position }), 'nobody knows whether that was told').to.equal('[middle]b\n[end]');
    const behind: LogPosition = { ...position, timeNs: 9n };
    expect(await text({ position: behind }), 'what was told before is not told again').to.equal('[end]');
    expect(await text({ tail: 1 }), 'nor what is not among the last lines').to.equal('b\n[end]');
    expect(await text({ tail: 0 })).to.equal('');
  });

  it('says so to who had read lines that are missing in what was kept', async () => {
    const told = 'the log file was rotated before it was read';
    const rest = `[${told}]b\n`;
    const position: LogPosition = { pod: POD.uid, timeNs: SECOND, count: 1, bytes: 0 };
    const late = lines([8n * SECOND, 'b']);
    await archive.keep(TASK, POD, of(late));
    expect(await text({ position }), 'nobody knows where the log began').to.equal(rest);
    await archive.remove(TASK);
    const start: LogEvent = { kind: 'gap', afterNs: undefined, beforeNs: 8n * SECOND, reason: told };
    await archive.keep(TASK, POD, of(start, lines([8n * SECOND, 'b'])));
    expect(await text({ position }), 'once').to.equal(rest);
  });

  it('ends a line of which the rest is missing', async () => {
    const part = (timeNs: bigint): LogEvent => lines([timeNs, 'begun', { partial: true, newline: false }]);
    await archive.keep(TASK, POD, of(part(1n), gap('rest'), lines([9n, 'next']), part(10n), gap('end')));
    const all = 'begun\n[rest]next\nbegun\n[end]';
    expect(await text()).to.equal(all);
    const behind = { pod: POD.uid, timeNs: 1n, count: 0, bytes: 5 };
    expect(await text({ position: behind }), 'to be told yet').to.equal(all.slice('begun'.length));
  });

  it('says that the beginning is missing to whoever asks for it', async () => {
    const rotated: LogEvent = { kind: 'gap', afterNs: undefined, beforeNs: 10n * SECOND, reason: 'rotated' };
    await archive.keep(TASK, POD, of(rotated, lines([10n * SECOND, 'a'], [20n * SECOND, 'b'])));
    nowMs = 20_000;
    expect(await text()).to.match(/^\[rotated\]/);
    expect(await text({ sinceMs: 15_000 })).to.match(/^\[rotated\]/);
    expect(await text({ sinceMs: 10_000 })).to.not.contain('rotated');
    expect(await text({ tail: 5 })).to.not.contain('rotated');
    const from = (timeNs: bigint): LogPosition => ({ pod: POD.uid, timeNs, count: 0, bytes: 0 });
    expect(await text({ position: from(0n) }), 'no line was read yet').to.match(/^\[rotated\]/);
    expect(await text({ position: from(15n * SECOND) })).to.equal('b\n');
  });

  it('notes when a log began', async () => {
    expect(await archive.beginning(TASK, 0, POD.uid)).to.equal(undefined);
    await archive.noteBeginning(TASK, POD, 123n);
    expect(await archive.beginning(TASK, 0, POD.uid)).to.equal(123n);
    expect(await archive.beginning({ ...TASK, uid: 'record-2' }, 0, POD.uid)).to.equal(undefined);
    expect(await archive.pods(TASK, 0), 'no log').to.deep.equal([]);
    const [folder = ''] = await readdir(directory);
    const [file = ''] = await readdir(join(directory, folder));
    await writeFile(join(directory, folder, file), '12');
    expect(await archive.beginning(TASK, 0, POD.uid), 'cut off while it was written').to.equal(undefined);
  });

  it('does not put a log with gaps in the place of a whole one', async () => {
    await archive.keep(TASK, POD, of(lines([1n, 'whole'])));
    await archive.keep(TASK, POD, of(gap('late')));
    expect(await text()).to.equal('whole\n');
    expect(await readdir(join(directory, 'abc12345.record-1'))).to.have.length(1);
  });

  it('has a log on the disk when it is kept, and what is missing in it', async () => {
    const probe = await open(directory);
    await probe.close();
    const prototype = Object.getPrototypeOf(probe) as FileHandle;
    const synced = mock.method(prototype, 'sync');
    try {
      await archive.keep(TASK, POD, of(lines([1n, 'a']), gap('end')));
    } finally {
      synced.mock.restore();
    }
    expect(synced.mock.callCount()).to.equal(2);
  });

  it('puts a whole log in the place of one with gaps', async () => {
    await archive.keep(TASK, POD, of(gap('late')));
    await archive.keep(TASK, POD, of(lines([1n, 'whole'])));
    expect(await text()).to.equal('whole\n');
  });

  it('keeps nothing of a log that breaks off', async () => {
    const broken = async function* (): AsyncGenerator<LogEvent, void, undefined> {
      yield lines([1n, 'begun']);
      throw new Error('cut');
    };
    const failure: unknown = await archive.keep(TASK, POD, broken()).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'cut');
    expect(await archive.pods(TASK, 0)).to.deep.equal([]);
    expect(await readdir(join(directory, 'abc12345.record-1'))).to.deep.equal([]);
  });

  it('keeps nothing of a log of which the disk takes only a part of the last write', async () => {
    // The limit of a file's size does what a full disk does: so much as there is place for is written, without an error.
    const limited = 'ulimit -f 8; exec "$0" --import tsx --input-type=module -e "$1" "$2"';
    const { stdout, stderr } = spawnSync('sh', ['-c', limited, process.execPath, WRITER, join(directory, 'log')], {
      cwd: ROOT,
      encoding: 'utf8',
      // Whatever else the process writes has the limit as well.
      env: { ...process.env, TSX_DISABLE_CACHE: '1', NODE_V8_COVERAGE: undefined },
    });
    expect(stdout, stderr).to.equal('EFBIG\n');
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('knows the pods of each node, oldest first, and tells tasks of the same id apart', async () => {
    await archive.keep(TASK, { ...POD, uid: 'second', createdAtMs: 20_000 }, of());
    await archive.keep(TASK, { ...POD, uid: 'first', createdAtMs: 3000 }, of());
    await archive.keep(TASK, { ...POD, uid: 'other', index: 1 }, of());
    expect(await archive.pods(TASK, 0)).to.deep.equal(['first', 'second']);
    expect(await archive.pods({ ...TASK, uid: 'record-2' }, 0)).to.deep.equal([]);
    await archive.remove(TASK);
    expect(await archive.pods(TASK, 0)).to.deep.equal([]);
  });

  it('never leaves its directory, whatever a task is called', async () => {
    const task = { id: '../../x/..', uid: undefined };
    await archive.keep(task, POD, of(lines([1n, 'a'])));
    expect(await readdir(directory)).to.deep.equal(['%2E%2E%2F%2E%2E%2Fx%2F%2E%2E']);
    expect(await archive.pods(task, 0)).to.deep.equal(['pod-1']);
  });

  it('sweeps what belongs to no task and is old', async () => {
    nowMs = Date.now();
    for (const id of ['kept', 'gone', 'young']) await archive.keep({ id, uid: 'u' }, POD, of());
    for (const id of ['kept', 'gone']) await utimes(join(directory, `${id}.u`), 1, 1);
    for (const name of ['again.old', '%']) await mkdir(join(directory, name));
    for (const name of ['again.old', '%']) await utimes(join(directory, name), 1, 1);
    const tasks = new Map(['kept', 'again'].map((id) => [id, { id, uid: 'u' }]));
    await archive.sweep((id) => tasks.get(id), 60_000);
    expect((await readdir(directory)).toSorted()).to.deep.equal(['kept.u', 'young.u']);
  });

  it('sweeps what a server that was killed had begun, and nothing that another one writes', async () => {
    nowMs = Date.now();
    await archive.keep(TASK, POD, of(lines([1n, 'kept'])));
    const folder = join(directory, 'abc12345.record-1');
    const kept = 'node-0.1000.pod-1.log';
    const [old, young] = [`${kept}.1.part`, `${kept}.2.part`];
    for (const name of [old, young]) await writeFile(join(folder, name), '');
    for (const name of [kept, old]) await utimes(join(folder, name), 1, 1);
    await archive.sweep(() => TASK, 60_000);
    expect((await readdir(folder)).toSorted()).to.deep.equal([kept, young]);
  });

  it('shows of a log that it is being written, however silent its program is', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const silent = async function* (): AsyncGenerator<LogEvent, void, undefined> {
        const folder = join(directory, 'abc12345.record-1');
        const [name = ''] = await readdir(folder);
        await utimes(join(folder, name), 1, 1);
        mock.timers.tick(3_600_000);
        await eventually(() => statSync(join(folder, name)).mtimeMs > 1000);
        yield* [];
      };
      await archive.keep(TASK, POD, silent());
    } finally {
      mock.timers.reset();
    }
  });

  it('gives back any log, from any place on', async () => {
    const piece = fc.record({
      stepNs: fc.constantFrom(0n, 0n, 1n, SECOND),
      bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((byte) => byte !== 10)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 30 }), fc.nat(), fc.nat(), async (given, cut, id) => {
        let timeNs = SECOND;
        const pieces = given.map(({ stepNs, bytes }) => {
          timeNs += stepNs;
          return { timeNs, bytes, partial: false, newline: true };
        });
        const task = { id: `t${id}`, uid: undefined };
        const position = { pod: POD.uid, timeNs, count: 1, bytes: 0 };
        await archive.keep(task, POD, of({ kind: 'lines', pieces: [...pieces], position }));
        const all = await collect(archive.read(task, 0, POD.uid, ALL));
        const flat = all.flatMap((event) => (event.kind === 'lines' ? event.pieces : []));
        expect(flat.map(({ bytes }) => [...bytes])).to.deep.equal(pieces.map(({ bytes }) => [...bytes]));
        const at = cut % pieces.length;
        const last = pieces[at]?.timeNs ?? 0n;
        const count = pieces.slice(0, at + 1).filter((own) => own.timeNs === last).length;
        const behind = { ...ALL, position: { pod: POD.uid, timeNs: last, count, bytes: 0 } };
        const rest = await collect(archive.read(task, 0, POD.uid, behind));
        const restFlat = rest.flatMap((event) => (event.kind === 'lines' ? event.pieces : []));
        expect(restFlat).to.have.length(pieces.length - at - 1);
        await archive.remove(task);
      }),
      { numRuns: 60 },
    );
  });
});
