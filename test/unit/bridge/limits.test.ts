import { expect } from 'chai';
import { parseFloat } from '../../../bridge/go/strconv.js';
import { parseGoDuration } from '../../../bridge/go/time.js';
import { toInteger } from '../../../bridge/json/numbers.js';
import { parseDuration } from '../../../bridge/json/time.js';
import { mediaTypeOf } from '../../../bridge/marshalers.js';
import { serveTasks } from './support.js';

const MANY = 300_000;

/** Text that a careless regular expression or number parser would take minutes for. */
describe('hostile text', function () {
  this.timeout(3000);

  it('as an integer', () => {
    expect(toInteger(`0.${'0'.repeat(MANY)}1`)).to.equal(undefined);
    expect(toInteger(`1${'0'.repeat(MANY)}`)).to.equal(undefined);
    expect(toInteger(`1.${'0'.repeat(MANY)}`)).to.equal(1n);
    expect(toInteger('1e999999999')).to.equal(undefined);
  });

  it('as a floating-point number', () => {
    expect(() => parseFloat(`${'1'.repeat(MANY)}x`, 64)).to.throw('invalid syntax');
  });

  it('as a duration', () => {
    expect(parseDuration(`${'1'.repeat(MANY)}s`)).to.equal(undefined);
    expect(() => parseGoDuration(`${'1'.repeat(MANY)}s`)).to.throw('invalid duration');
  });

  it('as a Content-Type', () => {
    expect(mediaTypeOf(`a/b;${' '.repeat(MANY)}x y`)).to.equal('');
    expect(mediaTypeOf('Text/Plain ; charset="utf-8"; x=y')).to.equal('text/plain');
    expect(mediaTypeOf('text/plain; a="b')).to.equal('');
  });

  it('as a query key, or a deep body', async () => {
    const { url } = await serveTasks({ listTasks: async () => ({}) });
    const response = await fetch(`${url}/tasks?${'['.repeat(10_000)}]=1`);
    expect(response.status).to.equal(200);
    const body = `{"resources":{"ports":${'['.repeat(MANY)}`;
    const deep = await fetch(`${url}/tasks/submit`, { method: 'POST', body });
    expect(await deep.json()).to.include({ code: 3, message: 'proto: exceeded max recursion depth' });
  });
});
