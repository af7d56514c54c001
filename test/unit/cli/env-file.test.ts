import { expect } from 'chai';
import { parseEnvFile } from '../../../cli/env-file.js';

const HERE: Readonly<Record<string, string>> = { HOME: '/home/ada', EMPTY: '' };
const read = (text: string): Record<string, string> =>
  Object.fromEntries(parseEnvFile(text, 'my.env', (name) => HERE[name]));

describe('parseEnvFile', () => {
  // Every row was compared with python-dotenv, which SkyPilot uses.
  const cases: [text: string, variables: Record<string, string>][] = [
    ['', {}],
    ['# a comment\n\n   \nA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['\uFEFFA=1', { A: '1' }],
    ['export A=1', { A: '1' }],
    ['A = 1', { A: '1' }],
    ['A=', { A: '' }],
    ['A=a b  c   ', { A: 'a b  c' }],
    ['A=x # a comment\nB=x#none', { A: 'x', B: 'x#none' }],
    ["A='x # y'  # a comment", { A: 'x # y' }],
    ['A="x # y"', { A: 'x # y' }],
    ['A="two\\nlines\\t\\"quoted\\""', { A: 'two\nlines\t"quoted"' }],
    ['A="\\d"', { A: '\\d' }],
    ["A='two\\nlines'", { A: 'two\\nlines' }],
    ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ["A='one\n\n# two'\nB=3", { A: 'one\n\n# two', B: '3' }],
    ['A=k=v', { A: 'k=v' }],
    ['A=1\nA=2', { A: '2' }],
    ['A=${HOME}/x', { A: '/home/ada/x' }],
    ['A=1\nB=${A}2', { A: '1', B: '12' }],
    ['A=${NONE:-other}', { A: 'other' }],
    ['A=$HOME', { A: '$HOME' }],
  ];
  for (const [text, variables] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => expect(read(text)).to.deep.equal(variables));
  }

  it('takes a name alone for the value here, and single quotes for what is meant as it stands', () => {
    expect(read("HOME\nEMPTY\nA='${HOME}'")).to.deep.equal({ HOME: '/home/ada', EMPTY: '', A: '${HOME}' });
  });

  const bad: [text: string, problem: string][] = [
    ['A=1\n2B=x', 'my.env:2: is not NAME=value; names have letters, digits and "_", beginning with no digit'],
    ['=x', 'my.env:1: is not NAME=value; names have letters, digits and "_", beginning with no digit'],
    ['A B', 'my.env:1: is not NAME=value; names have letters, digits and "_", beginning with no digit'],
    ['A="x\ny', 'my.env:1: a quote that is opened here is not closed'],
    ["A='x' y", 'my.env:1: there is something behind the closing quote'],
    ['A="x\n"y', 'my.env:1: there is something behind the closing quote'],
    ['\nNONE', 'my.env:2: NONE is not set in your environment; write NONE=value'],
    ['A=${NONE}', 'my.env:1: ${NONE} is not set; write ${NONE:-default}, or use single quotes'],
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${JSON.stringify(text)} with its line`, () => expect(() => read(text)).to.throw(problem));
  }

  it('takes a time that does not explode with the length of a line', () => {
    const start = process.cpuUsage();
    expect(() => read(`A="${'\\'.repeat(500_000)}`)).to.throw('not closed');
    expect(() => read(`${'A '.repeat(300_000)}=`)).to.throw('NAME=value');
    // Of its own: what grows with the square of the length takes minutes.
    expect(process.cpuUsage(start).user).to.be.lessThan(20_000_000);
  });
});
