const IMAGE_UNUSED = /\bimage "\S+" is ignored: the embedded cluster pulls no images\b/;

/** Warnings but for the one that every submitter to the embedded cluster gets. */
export function otherWarnings(warnings: readonly string[]): string[] {
  return warnings.filter((warning) => !IMAGE_UNUSED.test(warning));
}
