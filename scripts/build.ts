/** Bundles the programs and the client into dist/: few files, so that they start quickly and need little memory. */

import { chmod, rename, rm } from 'node:fs/promises';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { buildCommandLine } from './build-command-line.js';

/** Marks a question that this plugin asks itself. */
const RESOLVING = Symbol('resolving');

/**
 * client-node is one large index of generated models. None of its modules does anything when it is loaded, so those that are
 * not used can be left out; the package does not say so itself.
 */
const withoutUnusedModels: Plugin = {
  name: 'without-unused-models',
  setup(context) {
    context.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === RESOLVING || kind === 'entry-point') return undefined;
      const result = await context.resolve(path, { importer, resolveDir, kind, pluginData: RESOLVING });
      return /node_modules\/@kubernetes\/client-node\//.test(result.path)
        ? { ...result, sideEffects: false }
        : undefined;
    });
  },
};

/** What node-fetch imports for a Node that has no URL of its own: megabytes of tables of characters, which nobody would ever read. */
const withNodesUrl: Plugin = {
  name: 'with-nodes-url',
  setup(context) {
    context.onResolve({ filter: /^whatwg-url$/ }, ({ path }) => ({ path, namespace: 'nodes-url' }));
    context.onLoad({ filter: /.*/, namespace: 'nodes-url' }, () => ({
      contents: 'export const URL = globalThis.URL; export default { URL };',
    }));
  },
};

// Built aside and then moved: programs that run from dist/ meanwhile see the old one or the new one, never half of one.
const aside = `dist.${process.pid}`;
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Otherwise each use of \p{…} would make a new RegExp.
  supported: { 'regexp-unicode-property-escapes': true },
  mainFields: ['module', 'main'],
  logLevel: 'warning',
} as const satisfies BuildOptions;
await build({
  ...common,
  entryPoints: {
    'server/main': 'server/main.ts',
    'cluster/main': 'cluster/main.ts',
    'client/index': 'client/index.ts',
  },
  outdir: aside,
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
  // A running program keeps its source, comments too, and twice as much of it where a single letter is not of ASCII.
  minifyWhitespace: true,
  lineLimit: 160,
  // These read .proto files that lie beside their code.
  external: ['@grpc/reflection', 'grpc-health-check', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  plugins: [withNodesUrl, withoutUnusedModels],
});
await buildCommandLine(common, `${aside}/cli`);
for (const program of ['cli', 'server', 'cluster']) await chmod(`${aside}/${program}/main.js`, 0o755);
await rm('dist', { recursive: true, force: true });
await rename(aside, 'dist');
