import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';
import type { CompiledCode } from './compiled-code.js';

/** A CommonJS module. */
interface Module {
  exports: unknown;
}

/** The first line of a part: a comment that names its content, by a hash of it. */
const HASH = /^\/\/ ([0-9a-f]+)\n/;

/** What `require` is to the parts of the program: `./name.js` is one in `folder`, loaded once; everything else is left to `other`. */
export function loader(
  folder: string,
  code: CompiledCode,
  other: (name: string) => unknown,
): (name: string) => unknown {
  const loaded = new Map<string, Module>();
  return function load(name: string): unknown {
    if (!name.startsWith('./')) return other(name);
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    loaded.set(name, module);
    const path = join(folder, name);
    const script = compile(code, path);
    const run = script.runInThisContext() as (...scope: readonly unknown[]) => void;
    run(module.exports, load, module, path, folder);
    return module.exports;
  };
}

function compile(code: CompiledCode, path: string): Script {
  // The build writes nothing but ASCII: it is there without decoding.
  const source = readFileSync(path, 'latin1');
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const hash = HASH.exec(source)?.[1];
  if (hash === undefined) return new Script(wrapped, { filename: path });
  const name = `${basename(path, '.js')}-${hash}`;
  const script = new Script(wrapped, { filename: path, cachedData: code.read(name) });
  code.add(name, script);
  return script;
}
