import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';
import { expect } from 'chai';
import { type CompiledCode, compiledCode } from '../../../../cli/launcher/compiled-code.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

/** Never the same twice, as a process remembers what it compiled, but always as long, which is all that V8 looks at. */
let serial = 1000;
const source = (): string => `function twice(n) { return 2 * n; }\ntwice(21); // ${(serial += 1)}`;
const DAY_MS = 24 * 60 * 60 * 1000;

describe('compiledCode', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const open = (now: () => number = Date.now): CompiledCode => compiledCode({ XDG_CACHE_HOME: folder.path }, now);
  const kept = (): string => join(folder.path, 'k8s-cli', readdirSync(join(folder.path, 'k8s-cli'))[0] ?? '');

  /** A run that uses the script, as the loader does. */
  function run(code: CompiledCode): { readonly taken: boolean; readonly answer: unknown } {
    const cachedData = code.read('part');
    const script = new Script(source(), { cachedData });
    code.add('part', script);
    const answer: unknown = script.runInThisContext();
    code.save();
    return { taken: cachedData !== undefined && script.cachedDataRejected === false, answer };
  }

  it('gives the next run what this one compiled, readable by its owner only', () => {
    expect(run(open())).to.deep.equal({ taken: false, answer: 42 });
    expect(run(open())).to.deep.equal({ taken: true, answer: 42 });
    expect(statSync(kept()).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder.path, 'k8s-cli')).mode & 0o777).to.equal(0o700);
  });

  it('writes nothing where what is kept will do, and writes it again after a day', () => {
    run(open());
    const { ino } = statSync(kept());
    run(open());
    expect(statSync(kept()).ino).to.equal(ino);
    run(open(() => Date.now() + 2 * DAY_MS));
    expect(statSync(kept()).ino).not.to.equal(ino);
  });

  it('replaces what V8 does not take', () => {
    run(open());
    writeFileSync(kept(), 'nonsense');
    expect(run(open())).to.deep.equal({ taken: false, answer: 42 });
    expect(run(open())).to.deep.equal({ taken: true, answer: 42 });
  });

  it('takes nothing that others may write', () => {
    run(open());
    chmodSync(kept(), 0o622);
    expect(open().read('part')).to.equal(undefined);
  });

  it('forgets what was not written for a month', () => {
    run(open());
    const part = kept();
    const old = join(folder.path, 'k8s-cli', 'old');
    writeFileSync(old, '');
    utimesSync(old, new Date(), new Date(Date.now() - 31 * DAY_MS));
    writeFileSync(part, 'nonsense');
    run(open());
    expect(readdirSync(join(folder.path, 'k8s-cli'))).to.deep.equal([basename(part)]);
  });

  it('keeps nothing where NODE_DISABLE_COMPILE_CACHE says so', () => {
    run(compiledCode({ XDG_CACHE_HOME: folder.path, NODE_DISABLE_COMPILE_CACHE: '1' }, Date.now));
    expect(readdirSync(folder.path)).to.deep.equal([]);
  });

  it('does without where nothing can be written', () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const code = compiledCode({ XDG_CACHE_HOME: file }, Date.now);
    expect(run(code)).to.deep.equal({ taken: false, answer: 42 });
    expect(readFileSync(file, 'utf8')).to.equal('');
  });
});
