const IMAGE_UNUSED = /\bimage "\S+" is ignored: the embedded cluster pulls no images\b/;

/** Warnings but for the one that who names an image gets of the embedded cluster. */
export function otherWarnings(warnings: readonly string[]): string[] {
  return warnings.filter((warning) => !IMAGE_UNUSED.test(warning));
}
