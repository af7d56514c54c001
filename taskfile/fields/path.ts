/** An absolute path without empty parts, `.` and a `/` at its end; undefined when it is relative or goes up with `..`. */
export function normalizePath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : `/${parts.join('/')}`;
}

/** Whether a path has characters that no path in a task needs and that Kubernetes or a terminal would stumble over. */
export function hasControlCharacter(path: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(path);
}
