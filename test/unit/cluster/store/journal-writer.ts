import { writeSync } from 'node:fs';
import { Store } from '../../../../cluster/store/store.js';

// Writes until it is killed and prints the name of each object that the store has acknowledged.
const [, , directory = '', prefix = ''] = process.argv;
const store = await Store.open(directory, { compactAtBytes: 20_000 });
for (let number = 0; ; number += 10) {
  const names = Array.from({ length: 10 }, (_, index) => `w${prefix}-${number + index}`);
  await Promise.all(
    names.map(async (name) => {
      await store.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default' },
        data: { filler: 'x'.repeat(500) },
      });
      writeSync(1, `${name}\n`);
    }),
  );
}
