/** Writes dist/client/index.d.ts: the types of the client that the package exports, in one file that needs no other. */

import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const bundle = await rollup({
  input: 'client/index.ts',
  // Types of generated code name those of the library that encodes it, which is bundled into the JavaScript as well.
  plugins: [dts({ tsconfig: 'tsconfig.json', includeExternal: ['@bufbuild/protobuf'] })],
  onLog: (level, log) => {
    throw new Error(`${level}: ${log.message}`);
  },
});
await bundle.write({ file: 'dist/client/index.d.ts', format: 'es' });
