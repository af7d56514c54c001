import type { Report } from '../report.js';
import { quote, type Value } from '../tree.js';
import { readString } from './field.js';
import { hasControlCharacter, normalizePath } from './path.js';

/** The absolute path in the container in which setup and run start; an empty one counts as none. */
export function readWorkdir(value: Value, report: Report): string | undefined {
  if (value.node.kind === 'map') {
    return report.refuse(value, 'a repository as workdir is not supported yet', 'clone it in setup');
  }
  const path = readString(value, report);
  if (path === undefined || path === '') return undefined;
  if (hasControlCharacter(path)) {
    return report.refuse(value, `${quote(path)} has control characters`, 'write one plain path');
  }
  return normalizePath(path) ?? refusePath(path, value, report);
}

function refusePath(path: string, value: Value, report: Report): undefined {
  if (path.startsWith('/')) {
    return report.refuse(value, `${quote(path)} goes up with ".."`, 'write the path that is meant');
  }
  if (path.startsWith('$')) {
    const message = `${quote(path)} begins with a variable that envs does not set`;
    return report.refuse(value, message, 'write an absolute path of the container');
  }
  const message = `${quote(path)} means files of your own machine, and uploading them is not supported yet`;
  const fix = 'write an absolute path of the container, or put the files into the image or a volume';
  return report.refuse(value, message, fix);
}
