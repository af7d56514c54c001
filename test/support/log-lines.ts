/** What a node says while others take their time: on a slow machine only, so that no log can be expected to have it, or not. */
const WAIT = /^(?:node-\d+ \| )?(?:\S+Z )?k8s-cli: waiting for /;

/** The lines of a log that are not blank and that a task's own programs wrote. */
export function logLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !WAIT.test(line));
}
