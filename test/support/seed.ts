/**
 * Generated tests try the same things each time: what one of them finds is found by whoever made the change. K8S_CLI_TEST_SEED, a number,
 * has them try others.
 */

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['K8S_CLI_TEST_SEED'] ?? 1) });
