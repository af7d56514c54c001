/**
 * A run of tests ends by itself, as nothing that a test has begun may be left behind. Where something is, the run says what, and fails,
 * instead of waiting until somebody ends it.
 */

import { killPrograms } from './program.js';

const PATIENCE_MS = 30_000;

/** What libuv still waits for, of a diagnostic report (https://nodejs.org/api/report.html). */
interface Report {
  readonly libuv: readonly { readonly is_active: boolean; readonly is_referenced?: boolean }[];
}

/** Mocha's global fixture: runs when all tests and hooks have. */
export function mochaGlobalTeardown(): void {
  setTimeout(() => {
    const { libuv } = process.report.getReport() as unknown as Report;
    const waiting = libuv.filter((handle) => handle.is_active && handle.is_referenced !== false);
    console.error(`Something that a test began is still there ${PATIENCE_MS / 1000} s after the last one:`);
    for (const what of [process.getActiveResourcesInfo(), ...waiting]) console.error(`  ${JSON.stringify(what)}`);
    killPrograms();
    // An exit would wait for threads that wait for a file, and mocha would give it a code by the tests that failed.
    process.kill(process.pid, 'SIGKILL');
  }, PATIENCE_MS).unref();
}
