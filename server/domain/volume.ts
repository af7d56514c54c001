/** Persistent storage that tasks mount by name: one PersistentVolumeClaim each. */
export interface Volume {
  readonly id: string;
  /** Empty for a claim that other tools made. */
  readonly name: string;
  readonly size: string;
  readonly storageClass: string;
  readonly accessModes: readonly string[];
  /** The claim's phase. */
  readonly status: string;
  readonly createdAtMs: number;
  readonly user: string;
  readonly claimName: string;
  readonly namespace: string;
}

/** Access modes that Kubernetes knows. */
export const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'] as const;
