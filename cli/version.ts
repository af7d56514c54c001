import { readFileSync } from 'node:fs';

/** Version of the package this file belongs to, whether it runs from its source or was compiled into dist/. */
export function packageVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const manifest: { name?: string; version?: string } = JSON.parse(
        readFileSync(new URL(path, import.meta.url), 'utf8'),
      );
      if (manifest.name === 'k8s-cli' && manifest.version !== undefined) return manifest.version;
    } catch {
      // Not there: the next place.
    }
  }
  return 'unknown';
}
