/** The disk is full, or what this user or process may have of it. */
const codes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether something could not be written for want of space: it may be when somebody has made room. */
export function isOutOfSpace(error: unknown): boolean {
  return codes.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}
