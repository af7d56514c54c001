import type { Report } from '../report.js';
import { quote, type Value } from '../tree.js';
import { readString } from './field.js';
import { hasControlCharacter, normalizePath } from './path.js';

/** The absolute path in the container in which setup and run start; an empty one counts as none. */
export function readWorkdir(value: Value, report: Report): string | undefined {
  const spot = { path: value.path, at: value.node.at };
  if (value.node.kind === 'map') {
    report.refuse(spot, 'a repository as workdir is not supported yet', 'clone it in setup');
    return undefined;
  }
  const path = readString(value, report);
  if (path === undefined || path === '') return undefined;
  if (hasControlCharacter(path)) {
    report.refuse(spot, `${quote(path)} has control characters`, 'write one plain path');
    return undefined;
  }
  const normalized = normalizePath(path);
  if (normalized !== undefined) return normalized;
  if (path.startsWith('/')) {
    report.refuse(spot, `${quote(path)} goes up with ".."`, 'write the path that is meant');
  } else if (path.startsWith('$')) {
    const message = `${quote(path)} begins with a variable that envs does not set`;
    report.refuse(spot, message, 'write an absolute path of the container');
  } else {
    const message = `${quote(path)} means files of your own machine, and uploading them is not supported yet`;
    report.refuse(
      spot,
      message,
      'write an absolute path of the container, or put the files into the image or a volume',
    );
  }
  return undefined;
}
