/** The parts of Kubernetes objects that are read, as the API sends them: everything may be missing. */

/** A Kubernetes object, as far as every kind is the same. */
export interface RawObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
}

/** RFC 3339 in JSON, in milliseconds where it came in protobuf. */
export type RawTime = string | number;

interface RawMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp?: RawTime;
  readonly deletionTimestamp?: RawTime;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
}

interface RawCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: RawTime;
}

/** A ConfigMap. */
export interface RawConfigMap extends RawObject {
  readonly metadata: RawMeta;
  readonly data?: Readonly<Record<string, string>>;
}

/** A Secret; values are base64. */
export interface RawSecret extends RawObject {
  readonly metadata: RawMeta;
  readonly data?: Readonly<Record<string, string>>;
}

/** A batch/v1 Job. */
export interface RawJob extends RawObject {
  readonly metadata: RawMeta;
  readonly spec?: {
    readonly suspend?: boolean;
    readonly template?: {
      readonly spec?: {
        readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
      };
    };
  };
  readonly status?: { readonly startTime?: RawTime; readonly conditions?: readonly RawCondition[] };
}

/** The state of a container: at most one of the three. */
export interface RawContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: RawTime };
  readonly terminated?: {
    readonly exitCode: number;
    readonly signal?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: RawTime;
    readonly finishedAt?: RawTime;
  };
}

/** What a kubelet tells of a container. */
export interface RawContainerStatus {
  readonly name: string;
  readonly state?: RawContainerState;
  readonly lastState?: RawContainerState;
  readonly started?: boolean;
  /** Missing or empty as long as the container was not made. */
  readonly containerID?: string;
}

/** A pod. */
export interface RawPod extends RawObject {
  readonly metadata: RawMeta;
  readonly spec?: {
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
    readonly containers?: readonly { readonly name: string; readonly startupProbe?: object }[];
    readonly volumes?: readonly {
      readonly downwardAPI?: { readonly items?: readonly { readonly fieldRef?: { readonly fieldPath?: string } }[] };
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly RawCondition[];
    readonly podIP?: string;
    readonly containerStatuses?: readonly RawContainerStatus[];
  };
}

/** A PersistentVolumeClaim. */
export interface RawClaim extends RawObject {
  readonly metadata: RawMeta;
  readonly spec?: {
    readonly storageClassName?: string;
    readonly accessModes?: readonly string[];
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string };
}

/** A core/v1 Event; those of newer components have no count and no first or last time. */
export interface RawEvent extends RawObject {
  readonly metadata: RawMeta;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly series?: { readonly lastObservedTime?: string };
}

/** Milliseconds of a time; undefined for none. */
export function timeMs(time: RawTime | undefined): number | undefined {
  if (time === undefined) return undefined;
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}
