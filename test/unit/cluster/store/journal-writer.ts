import { writeSync } from 'node:fs';
import { Store } from '../../../../cluster/store/store.js';

// Writes until it is killed and prints the name of each object that the store has acknowledged.
const [, , directory = '', prefix = ''] = process.argv;
const store = await Store.open(directory, { compactAtBytes: 20_000 });
for (let number = 0; ; number += 1) {
  const name = `w${prefix}-${number}`;
  store.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { filler: 'x'.repeat(500) },
  });
  writeSync(1, `${name}\n`);
  // The journal is made shorter meanwhile.
  await new Promise(setImmediate);
}
