import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

const problem = (workdir: string): string | undefined =>
  problemsOf(`run: a\nworkdir: ${workdir}`)[0]?.replace('line 2, column 10: workdir: ', '');

describe('readWorkdir', () => {
  for (const [text, path] of [
    ['/app', '/app'],
    ['/app//src/./', '/app/src'],
    ['/', '/'],
    ['/with space', '/with space'],
    ['""', undefined],
  ] as const) {
    it(`takes ${text} as ${path}`, () => {
      expect(specOf(`run: a\nworkdir: ${text}`).workdir).to.equal(path);
    });
  }

  const upload =
    'means files of your own machine, and uploading them is not supported yet; write an absolute path of the container, or put the files into the image or a volume';
  const bad: [string, string][] = [
    ['.', `"." ${upload}`],
    ['src', `"src" ${upload}`],
    ['~/project', `"~/project" ${upload}`],
    ['/app/../etc', '"/app/../etc" goes up with ".."; write the path that is meant'],
    ['"/a\\nb"', String.raw`"/a\nb" has control characters; write one plain path`],
    ['{url: https://x}', 'a repository as workdir is not supported yet; clone it in setup'],
    ['5', 'must be text, not 5; put it in quotes'],
  ];
  for (const [text, message] of bad) {
    it(`refuses ${text}`, () => {
      expect(problem(text)).to.equal(message);
    });
  }
});
