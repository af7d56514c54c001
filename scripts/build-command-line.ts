import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/**
 * The parts of the command line, by the names of their files. The program loads the others when it needs them: each is what some
 * `import()` of it names. They share no classes, as each has its own copy of what it imports.
 */
const PARTS: Readonly<Record<string, string>> = {
  program: 'cli/main.ts',
  client: 'client/client.ts',
  'rest-json': 'client/rest-json.ts',
  'task-file': 'taskfile/task-spec.ts',
  'volume-file': 'taskfile/volume-file.ts',
  'task-schema': 'taskfile/schema.ts',
  yaml: 'cli/yaml.ts',
};

/** Leaves an `import()` of a part as it is, now of the part's file. */
const toParts: Plugin = {
  name: 'to-parts',
  setup(context) {
    context.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = resolve(resolveDir, path.replace(/\.js$/, '.ts'));
      const part = Object.keys(PARTS).find((name) => resolve(PARTS[name] ?? '') === source);
      return part === undefined ? undefined : { path: `./${part}.js`, external: true };
    });
  },
};

/**
 * What yargs imports and takes longer to load than all of yargs: string-width, to lay out its help, with segmenters and expressions for
 * scripts that no help is written in, where the program has a width of its own; and assert, for one comparison, by which it finds out
 * whether it was called in the wrong way.
 */
const LIGHTER: Readonly<Record<string, string>> = {
  'string-width': "export { textWidth as default } from './cli/output/text-width.js';",
  assert: `
    const expect = (right, message) => { if (!right) throw new Error(message); };
    export const strictEqual = (a, b, message) => expect(Object.is(a, b), message);
    export const notStrictEqual = (a, b, message) => expect(!Object.is(a, b), message);`,
};

const withLighterYargs: Plugin = {
  name: 'with-lighter-yargs',
  setup(context) {
    context.onResolve({ filter: /^(?:string-width|assert)$/ }, ({ path, importer }) =>
      /node_modules\/(?:yargs|cliui|wrap-ansi)\//.test(importer) ? { path, namespace: 'lighter' } : undefined,
    );
    context.onLoad({ filter: /.*/, namespace: 'lighter' }, ({ path }) => ({
      contents: LIGHTER[path] ?? '',
      resolveDir: '.',
    }));
  },
};

/**
 * Modules of Node that not every command needs, and functions of theirs that are used here: they are loaded at the first call. Of a
 * bundle, Node would load all that any command imports.
 */
const WHEN_CALLED: Readonly<Record<string, readonly string[]>> = {
  'node:fs/promises': ['access', 'chmod', 'mkdir', 'open', 'readFile', 'rename', 'rm', 'stat', 'writeFile'],
  'node:net': ['connect', 'createServer'],
  'node:timers/promises': ['setTimeout'],
};

const loadedWhenCalled: Plugin = {
  name: 'loaded-when-called',
  setup(context) {
    context.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      path in WHEN_CALLED && importer.startsWith(resolve('cli')) ? { path, namespace: 'when-called' } : undefined,
    );
    context.onLoad({ filter: /.*/, namespace: 'when-called' }, ({ path }) => ({
      contents: (WHEN_CALLED[path] ?? [])
        .map((name) => `export const ${name} = (...args) => require('${path}').${name}(...args);`)
        .join('\n'),
    }));
  },
};

/** A question that a plugin asks itself. */
const ASKED = Symbol('asked');

/** Leaves out what is not used of generated messages and of gRPC: loading them does nothing else, which neither says itself. */
const withoutUnusedMessages: Plugin = {
  name: 'without-unused-messages',
  setup(context) {
    context.onLoad({ filter: /\/gen\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        /\b(?:Buffer\.from|[A-Z]\w+\.decode|makeGenericClientConstructor)\(/g,
        '/* @__PURE__ */ $&',
      ),
      loader: 'ts',
    }));
    context.onResolve({ filter: /^@grpc\/grpc-js$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === ASKED) return undefined;
      const result = await context.resolve(path, { importer, resolveDir, kind, pluginData: ASKED });
      return { ...result, sideEffects: false };
    });
  },
};

/**
 * Bundles the command line into a folder: a launcher, main.js, and the parts that it loads. They are CommonJS, which Node loads sooner
 * and lets the launcher compile, and have gRPC in them: the fewer and the smaller the files are, the sooner they are there.
 */
export async function buildCommandLine(common: BuildOptions, folder: string): Promise<void> {
  const commonJs: BuildOptions = { ...common, format: 'cjs', outdir: folder };
  await build({ ...commonJs, entryPoints: { main: 'cli/launcher/main.ts' } });
  const { outputFiles } = await build({
    ...commonJs,
    entryPoints: { ...PARTS },
    write: false,
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'ascii',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__moduleUrl' },
    banner: { js: "'use strict';const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    // These read .proto files that lie beside their code.
    external: ['@grpc/proto-loader', 'protobufjs'],
    plugins: [toParts, withLighterYargs, loadedWhenCalled, withoutUnusedMessages],
  });
  for (const { path, text } of outputFiles) {
    // A shebang is for a program, not for a part of one.
    const code = text.replace(/^#!.*\n/, '');
    await writeFile(path, `// ${createHash('sha256').update(code).digest('hex').slice(0, 16)}\n${code}`);
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
}
