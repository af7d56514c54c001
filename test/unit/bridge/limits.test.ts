import { expect } from 'chai';
import { fromBytes } from '../../../bridge/go/bytes.js';
import { parseFloat32 } from '../../../bridge/go/float.js';
import { parseMediaType } from '../../../bridge/go/media-type.js';
import { parseFloat } from '../../../bridge/go/strconv.js';
import { parseGoDuration } from '../../../bridge/go/time.js';
import { toInteger } from '../../../bridge/json/numbers.js';
import { parseDuration } from '../../../bridge/json/time.js';
import { serveTasks } from './support.js';

const MANY = 300_000;

/** Text that a careless regular expression or number parser would take minutes for. */
describe('hostile text', function () {
  this.timeout(30_000);

  it('as an integer', () => {
    expect(toInteger(`0.${'0'.repeat(MANY)}1`)).to.equal(undefined);
    expect(toInteger(`1${'0'.repeat(MANY)}`)).to.equal(undefined);
    expect(toInteger(`1.${'0'.repeat(MANY)}`)).to.equal(1n);
    expect(toInteger('1e999999999')).to.equal(undefined);
  });

  it('as a floating-point number', () => {
    expect(() => parseFloat(`${'1'.repeat(MANY)}x`, 64)).to.throw('invalid syntax');
    expect(parseFloat32(`1.000000059604644775390625${'0'.repeat(MANY)}1`)).to.equal(1 + 2 ** -23);
  });

  it('as a duration', () => {
    expect(parseDuration(`${'1'.repeat(MANY)}s`)).to.equal(undefined);
    expect(() => parseGoDuration(`${'1'.repeat(MANY)}s`)).to.throw('invalid duration');
  });

  it('as bytes that are no text', () => {
    expect(fromBytes(Buffer.alloc(MANY, 0xff))).to.have.length(MANY);
  });

  it('as a Content-Type', () => {
    for (const header of [`a/b;${' '.repeat(MANY)}x y`, `a/b; c="${'\\'.repeat(MANY)}`, `a/b${';'.repeat(MANY)}`]) {
      expect(() => parseMediaType(header)).to.throw('mime: ');
    }
    expect(parseMediaType(`a/b${'; c=d'.repeat(MANY)}`)).to.equal('a/b');
  });

  it('as a query key, or a deep body', async () => {
    const { url } = await serveTasks({ listTasks: async () => ({}) });
    const response = await fetch(`${url}/tasks?${'['.repeat(10_000)}]=1`);
    expect(response.status).to.equal(200);
    const body = `{"resources":{"ports":${'['.repeat(MANY)}`;
    const deep = await fetch(`${url}/tasks/submit`, { method: 'POST', body });
    expect(await deep.json()).to.include({ code: 3, message: "invalid character '[' exceeded max depth" });
    const unknown = `{"zzz":${'['.repeat(9000)}${']'.repeat(9000)}}`;
    const skipped = await fetch(`${url}/tasks/submit`, { method: 'POST', body: unknown });
    expect(await skipped.json()).not.to.include({ message: 'proto: exceeded max recursion depth' });
  });
});
