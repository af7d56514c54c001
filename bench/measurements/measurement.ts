import type { BenchCluster } from '../support/cluster.js';
import type { Table } from '../support/report.js';
import type { Sizes } from '../support/sizes.js';

/**
 * Measures one thing, on both sides, in this run. Leaves nothing behind but objects in the namespaces of the cluster. Where this
 * machine or cluster lacks what it needs, it says what instead.
 */
export type Measurement = (
  cluster: BenchCluster,
  sizes: Sizes,
  signal: AbortSignal,
) => Promise<Table | { readonly missing: string }>;
