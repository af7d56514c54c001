/** What the administrator of the server lets tasks have of the cluster. */

/** A key of a Secret of the namespace. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** What tasks may ask for beyond the ordinary. */
export interface Policy {
  /** Service accounts that `remote_identity` may name. */
  readonly serviceAccounts: readonly string[];
  /** Paths that `pod_config` may have besides those that are harmless, such as `hostNetwork` or `volumes.hostPath`. */
  readonly podConfig: readonly string[];
  /** PriorityClasses by the priority from which on they are used, the highest first. */
  readonly priorityClasses: readonly { readonly from: number; readonly name: string }[];
  /** Secrets that tasks may use, by the name that they use. */
  readonly secrets: Readonly<Record<string, SecretKey>>;
}

/** A policy that lets tasks have nothing special. */
export const STRICT_POLICY: Policy = { serviceAccounts: [], podConfig: [], priorityClasses: [], secrets: {} };
