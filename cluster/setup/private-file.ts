import { readFile, rename, writeFile } from 'node:fs/promises';

/** Writes a file that only this user may read, all or nothing. */
export async function writePrivate(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
}

/** The content of the file; undefined if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
