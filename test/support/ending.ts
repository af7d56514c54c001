/**
 * A run of tests ends by itself, as nothing that a test has begun may be left behind. Where something is, the run says what, and fails,
 * instead of waiting until somebody ends it.
 */

const PATIENCE = 30_000;

/** What libuv still waits for, of a diagnostic report (https://nodejs.org/api/report.html). */
interface Report {
  libuv: { type: string; is_active: boolean; is_referenced?: boolean }[];
}

/** Mocha's root hook: runs when all tests have. */
export const mochaHooks = {
  afterAll(): void {
    setTimeout(() => {
      const { libuv } = process.report.getReport() as unknown as Report;
      console.error(`Something that a test began is still there ${PATIENCE / 1000} s after the last test:`);
      console.error(`  ${process.getActiveResourcesInfo().join(', ')}`);
      for (const handle of libuv.filter((entry) => entry.is_active && entry.is_referenced !== false)) {
        console.error(`  ${JSON.stringify(handle)}`);
      }
      // Mocha sets the exit code when the process exits, by what failed.
      process.once('exit', () => {
        process.exitCode = 1;
      });
      process.exit();
    }, PATIENCE).unref();
  },
};
