/** What the domain knows of a task: its record, and what is seen of it in the cluster. Times are milliseconds since 1970. */

/** State of a task or of one of its nodes. */
export type TaskState = 'PENDING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'COMPLETED' | 'FAILED';

/** The documented word for a task's state. */
export const STATUS_WORDS = ['pending', 'running', 'completed', 'failed', 'stopped'] as const;
/** One of {@link STATUS_WORDS}. */
export type StatusWord = (typeof STATUS_WORDS)[number];

/** Who stopped a task, when and why. */
export interface StopMark {
  readonly user: string;
  readonly timeMs: number;
  readonly reason: string;
  /** When each node had started that was running then, by node index: their pods, which tell it, are removed by the stop. */
  readonly startedAtMs: Readonly<Record<number, number>>;
}

/** What the task file says about when a task is ended, and run again, without anybody asking for it. */
export interface RunRules {
  /** The failure of one node ends the others. */
  readonly failFast: boolean;
  /** How long the task may run, from the start of its first node; undefined means as long as it takes. */
  readonly timeoutMs: number | undefined;
  /**
   * How long a node may take to start: from when its Job may run, or undefined for the server's own patience, which counts from
   * when a machine was found.
   */
  readonly startWithinMs: number | 'any' | undefined;
  /** When the whole task is run again; undefined means never. */
  readonly recovery:
    | { readonly maxRestartsOnErrors: number; readonly recoverOnExitCodes: readonly number[] }
    | undefined;
}

/** What an attempt came to that was followed by another one: of the node that failed first. */
export interface PastAttempt {
  readonly node: number;
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  /** Whether it counts as a failure of the program itself. */
  readonly counts: boolean;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
}

/** Why the server ended the nodes of a task that had not ended, and when. The first mark decides. */
export interface HaltMark {
  readonly timeMs: number;
  /** Indexes of the nodes that failed, or fail by it, the first cause first; all others were stopped because of them. */
  readonly blamed: readonly number[];
  /** Reason and message of the nodes that fail by it; those that had failed before have their own. */
  readonly reason: string;
  readonly message: string;
  /** When each node had started that was running then, by node index. */
  readonly startedAtMs: Readonly<Record<number, number>>;
  /** The task is run again so long after all of it has ended; not there where only its `job_recovery` says whether it is. */
  readonly retryMs?: number;
}

/** How a node ended; kept in the record, so that it outlives pod, Job and events. */
export interface NodeResult {
  readonly state: 'COMPLETED' | 'FAILED' | 'STOPPED';
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  readonly podName: string;
  readonly nodeName: string;
  /** What the program of a failed node wrote last; not there where nobody could read it, or needs it. */
  readonly lines?: readonly string[];
}

/** A task as it was submitted, and what was decided about it since. */
export interface TaskRecord {
  readonly id: string;
  /** Uid of the record's object; undefined for tasks that other tools made, which have only Jobs. */
  readonly uid: string | undefined;
  /** The exact user name, or its label value where a task has no record. */
  readonly user: string;
  readonly name: string;
  readonly numNodes: number;
  /** Names of the Jobs by node index. */
  readonly jobNames: readonly string[];
  readonly createdAtMs: number;
  /** Hash of the submitted task; empty without a record. */
  readonly fingerprint: string;
  readonly stop: StopMark | undefined;
  readonly halt: HaltMark | undefined;
  /** Undefined for a task without a record: nothing is decided for it. */
  readonly rules: RunRules | undefined;
  /** Which run of the whole task this is, from 0. All else here is about this one. */
  readonly attempt: number;
  /** The attempts before, oldest first; of very many the last ones. */
  readonly past: readonly PastAttempt[];
  /** Version of the record that this was read from; empty without one. */
  readonly revision: string;
  /** Results by node index; a hole where a node has none yet. */
  readonly results: readonly (NodeResult | undefined)[];
  /** All Jobs have existed: one that is missing now was deleted by somebody, and is not made again. */
  readonly launched: boolean;
  /** That is in the record, for servers that come later. */
  readonly launchNoted: boolean;
  /** The record is on its way out: somebody deleted it, or its submission was undone. */
  readonly deleting: boolean;
}

/** What matters of a Job. */
export interface JobView {
  readonly name: string;
  readonly uid: string;
  readonly taskId: string;
  readonly index: number;
  readonly attempt: number;
  readonly suspended: boolean;
  /** The final condition, once it is true; Kubernetes sets it when no pod is left running. */
  readonly outcome: 'complete' | 'failed' | undefined;
  readonly outcomeReason: string;
  readonly outcomeMessage: string;
  readonly outcomeAtMs: number | undefined;
  /** Since when it has not been suspended, as the Job controller saw it. */
  readonly activeSinceMs: number | undefined;
  readonly deleting: boolean;
  readonly createdAtMs: number;
  /** Names of the claims that its pods mount. */
  readonly claims: readonly string[];
  /** The stop mark that the Job itself carries. */
  readonly stop: StopMark | undefined;
  /** What a task without a record is known by. */
  readonly user: string;
  readonly taskName: string;
  readonly numNodes: number;
}

/** What matters of a pod and its one container. */
export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly taskId: string;
  readonly index: number;
  readonly attempt: number;
  readonly jobName: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly deleting: boolean;
  /** When its deletion was asked for, as far as that was seen; Kubernetes tells whole seconds. */
  readonly deletedAtMs: number | undefined;
  /** How long its programs have between SIGTERM and SIGKILL. */
  readonly graceSeconds: number;
  readonly createdAtMs: number;
  readonly nodeName: string;
  /** status.reason and status.message: Evicted, NodeLost, ... */
  readonly reason: string;
  readonly message: string;
  /** The PodScheduled condition while it is False. */
  readonly unschedulable: { readonly reason: string; readonly message: string } | undefined;
  /** When a machine was found for it. */
  readonly scheduledAtMs: number | undefined;
  /** Name of the container that runs the program. */
  readonly containerName: string;
  readonly container: ContainerView;
  /** The DisruptionTarget condition's reason; empty when the pod was not disrupted. */
  readonly disruption: string;
  /** Empty while the pod has none. */
  readonly address: string;
  /** False until setup is done, in a task whose nodes wait for each other there. */
  readonly setUp: boolean;
  /** What it was last told of the other nodes. */
  readonly peers: { readonly phase: string; readonly digest: string } | undefined;
  /** It waits for its first word of the other nodes, and writes nothing before that comes. */
  readonly silent: boolean;
}

/** The state of the container that runs the task's program. */
export type ContainerView =
  | { readonly state: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly state: 'running'; readonly startedAtMs: number | undefined }
  | {
      readonly state: 'terminated';
      readonly exitCode: number;
      readonly reason: string;
      readonly message: string;
      readonly startedAtMs: number | undefined;
      readonly finishedAtMs: number | undefined;
    };

/** One node of a task as the cluster shows it. */
export interface NodeView {
  readonly index: number;
  readonly jobName: string;
  readonly job: JobView | undefined;
  /** The newest pod. */
  readonly pod: PodView | undefined;
  /** Pods of this node that still exist and have not ended. */
  readonly livePods: number;
  /** The newest pod that is gone, as it was seen last. */
  readonly gone: PodView | undefined;
}

/** A task as the cluster shows it. */
export interface TaskView {
  readonly record: TaskRecord;
  /** By index. Record and nodes that have not changed since an earlier view are the same objects as there. */
  readonly nodes: readonly NodeView[];
  /** When the cluster last told something new about it. */
  readonly changedAtMs: number;
}

/** One node of a task, told to callers. */
export interface TaskNode {
  readonly index: number;
  readonly state: TaskState;
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  readonly signal: string;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  readonly jobName: string;
  readonly podName: string;
  readonly nodeName: string;
  /** What its program wrote last, as far as that is known; of a failed node only. */
  readonly lines: readonly string[];
}

/** Why a task is pending or has failed. */
export interface Diagnosis {
  readonly category: string;
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly fix: string;
  readonly retryable: boolean;
  readonly node: number | undefined;
}

/** A task, told to callers. */
export interface Task {
  readonly record: TaskRecord;
  readonly status: StatusWord;
  readonly state: TaskState;
  readonly nodes: readonly TaskNode[];
  readonly diagnosis: Diagnosis | undefined;
  readonly startedAtMs: number | undefined;
  /** When the last node ended; undefined while one has not. */
  readonly finishedAtMs: number | undefined;
  readonly updatedAtMs: number;
  readonly namespace: string;
}

/** Whether its container may have written something. */
export function mayHaveLog(pod: PodView): boolean {
  return pod.container.state !== 'waiting' && !pod.silent;
}

/** Whether nothing will change any more: every node has ended, or was stopped and has no pod left. */
export function isFinal(task: Task): boolean {
  return task.nodes.every((node) => node.state === 'COMPLETED' || node.state === 'FAILED' || node.state === 'STOPPED');
}
