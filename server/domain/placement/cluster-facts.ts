/** What the placement of a task has to know of the cluster. */

/** A machine of the cluster, and how much of it is free. */
export interface MachineFacts {
  readonly labels: Readonly<Record<string, string>>;
  /** What pods can have of it in all. */
  readonly capacity: Amounts;
  /** What no pod has asked for; undefined when the pods of other namespaces cannot be seen. */
  readonly free: Amounts | undefined;
}

/** Amounts of what pods ask for. */
export interface Amounts {
  /** Cores. */
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
}

/** A StorageClass of the cluster. */
export interface StorageClassFacts {
  readonly name: string;
  /** Whether claims that name none are of this one. */
  readonly isDefault: boolean;
}

/** Looks up what is there. An answer of `unknown` means that the server may not ask. */
export interface ClusterFacts {
  /** Name of the cluster: that of the kubeconfig's context. */
  readonly name: string;
  machines(signal: AbortSignal): Promise<readonly MachineFacts[] | 'unknown'>;
  hasPriorityClass(name: string, signal: AbortSignal): Promise<boolean | 'unknown'>;
  /** Whether a LocalQueue is there; `no-kueue` where nothing in the cluster knows queues. */
  hasQueue(name: string, signal: AbortSignal): Promise<boolean | 'no-kueue' | 'unknown'>;
  /** `none` where the cluster does not know storage classes at all. */
  storageClasses(signal: AbortSignal): Promise<readonly StorageClassFacts[] | 'none' | 'unknown'>;
  /** Cores or bytes that a Kubernetes quantity stands for. */
  amountOf(quantity: string): number;
}
