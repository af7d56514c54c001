/** Persistent storage that tasks mount by name: one PersistentVolumeClaim each. */
export interface Volume {
  readonly id: string;
  /** Uid of the claim: another one of the same name is another volume. */
  readonly uid: string;
  /** Empty for a claim that other tools made. */
  readonly name: string;
  readonly size: string;
  readonly storageClass: string;
  readonly accessModes: readonly string[];
  /** The claim's phase. */
  readonly status: string;
  readonly createdAtMs: number;
  /** When it was deleted; it goes when nobody uses it any more. */
  readonly deletedAtMs: number | undefined;
  readonly user: string;
  readonly claimName: string;
  readonly namespace: string;
}

/** A volume, who uses it, and what it waits for. */
export interface UsedVolume extends Volume {
  /** Ids of the tasks that have not ended and mount it, newest first. */
  readonly taskIds: readonly string[];
  /** Why it is pending, or still there although it was deleted; empty where it is neither, or nobody knows. */
  readonly reason: string;
}

/** Access modes that Kubernetes knows. */
export const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'] as const;
