/** A task as REST shows it: what the tests read of it. */
export interface TaskJson {
  readonly task_id: string;
  readonly name: string;
  readonly status: string;
  readonly state: string;
  readonly username: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly metadata: {
    readonly job_name: string;
    readonly namespace: string;
    readonly num_nodes: number;
    readonly node_jobs: readonly string[];
    readonly succeeded_nodes: number;
    readonly failed_nodes: number;
    readonly running_nodes: number;
    readonly pending_nodes: number;
    readonly stopped_nodes: number;
  };
  readonly nodes: readonly {
    readonly index: number;
    readonly state: string;
    readonly reason: string;
    readonly message: string;
    readonly exit_code?: number;
    readonly signal: string;
    readonly job_name: string;
    readonly pod_name: string;
  }[];
  readonly diagnosis: {
    readonly category: string;
    readonly cause: string;
    readonly evidence: readonly string[];
    readonly fix: string;
    readonly retryable: boolean;
    readonly node?: number;
  } | null;
  readonly attempt: number;
  readonly past_attempts: readonly {
    readonly attempt: number;
    readonly node: number;
    readonly exit_code?: number;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly stop: { readonly username: string; readonly time: string; readonly reason: string } | null;
}

/** The answer to a submission. */
export interface SubmittedJson {
  readonly task_id: string;
  readonly status: string;
  readonly message: string;
  readonly warnings: readonly string[];
}

/** An error as REST shows it. */
export interface ErrorJson {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Readonly<Record<string, unknown>>[];
}
