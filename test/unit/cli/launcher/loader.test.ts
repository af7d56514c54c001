import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compiledCode } from '../../../../cli/launcher/compiled-code.js';
import { loader } from '../../../../cli/launcher/loader.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

describe('loader', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  function start(parts: Readonly<Record<string, string>>): (name: string) => unknown {
    for (const [name, source] of Object.entries(parts)) writeFileSync(join(folder.path, name), source);
    const code = compiledCode({ XDG_CACHE_HOME: join(folder.path, 'cache') }, Date.now);
    const load = loader(folder.path, code, (name) => `Node's ${name}`);
    return (name) => {
      const loaded = load(name);
      code.save();
      return loaded;
    };
  }

  const kept = (): string[] => readdirSync(join(folder.path, 'cache', 'k8s-cli')).map((name) => name.slice(0, 8));

  it('loads parts from its folder, once each, and leaves the rest to Node', () => {
    const load = start({
      'a.js': "// aa01\nmodule.exports = [require('./b.js'), require('./b.js'), require('node:fs'), __dirname];",
      'b.js': '// bb01\nexports.loads = (globalThis.partLoads = (globalThis.partLoads ?? 0) + 1);',
    });
    expect(load('./a.js')).to.deep.equal([{ loads: 1 }, { loads: 1 }, "Node's node:fs", folder.path]);
    expect(kept()).to.have.members(['a-aa01-v', 'b-bb01-v']);
  });

  it('does not take the code of another build, though it be as long', () => {
    expect(start({ 'a.js': '// aa01\nmodule.exports = 1;' })('./a.js')).to.equal(1);
    expect(start({ 'a.js': '// aa02\nmodule.exports = 2;' })('./a.js')).to.equal(2);
    expect(kept()).to.have.members(['a-aa01-v', 'a-aa02-v']);
  });

  it('takes the kept code of the same build', () => {
    start({ 'a.js': '// aa01\nmodule.exports = 1;' })('./a.js');
    // V8 looks at the length only: that it answers as before shows that the kept code ran.
    expect(start({ 'a.js': '// aa01\nmodule.exports = 2;' })('./a.js')).to.equal(1);
  });

  it('keeps nothing of a part that does not say which build it is of', () => {
    expect(start({ 'a.js': 'module.exports = 1;' })('./a.js')).to.equal(1);
    expect(readdirSync(folder.path)).to.deep.equal(['a.js']);
  });
});
