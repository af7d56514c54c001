/**
 * What the use cases need of the world. server/kubernetes implements most of it, server/archive the logs that are kept, server/compose.ts
 * the clock and the ids.
 */

import type { TaskSecrets, TaskSpec } from '../../taskfile/task-spec.js';
import type { Placement } from './placement/resolve.js';
import type { StopMark, TaskRecord, TaskView } from './task.js';
import type { Volume } from './volume.js';

/** Tells the time, in milliseconds since 1970, and waits. */
export interface Clock {
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Makes random ids: 8 characters of [a-z0-9]. */
export interface Ids {
  random(): string;
}

/** What the cluster shows of tasks, always at hand. */
export interface TaskStore {
  /** Resolves when the first complete picture of the cluster is there. */
  ready(signal: AbortSignal): Promise<void>;
  /** One task; asks the cluster itself when the task is not known here yet. */
  get(taskId: string, signal: AbortSignal): Promise<TaskView | undefined>;
  /** One task as it is known here; asks nobody. */
  peek(taskId: string): TaskView | undefined;
  /**
   * Asks the cluster itself for the pods of a task. What is shown of Jobs may be newer than what is shown of their pods, above all
   * when the cluster was away: who concludes something from a pod that is missing has to ask first.
   */
  findPods(taskId: string, signal: AbortSignal): Promise<void>;
  /** A pod of a task, of whichever attempt, as it is known here; undefined when it is not, or not any more. */
  pod(taskId: string, uid: string): PodIdentity | undefined;
  /**
   * Tasks newest first, by creation time and then id, starting behind `after`. Of one user, or of everybody.
   * Lazy: costs what is read.
   */
  list(user: string | undefined, after: TaskPosition | undefined): Iterable<TaskView>;
  /** Set while nothing is heard from the cluster. */
  readonly outage: Outage | undefined;
  /** Calls back after every change of this task, and when an outage begins or ends, until the signal is aborted. */
  onChange(taskId: string, listener: () => void, signal: AbortSignal): void;
  /** Calls back with the id of every task that changes, comes or goes, until the signal is aborted. */
  onAnyChange(listener: (taskId: string) => void, signal: AbortSignal): void;
  /** Calls back when an outage begins or ends, until the signal is aborted. */
  onOutage(listener: () => void, signal: AbortSignal): void;
}

/** A time in which the cluster cannot be watched, so that what is shown may be old. */
export interface Outage {
  /** When it was last heard from. */
  readonly sinceMs: number;
  /** Why it cannot. */
  readonly message: string;
}

/** Where a task stands in the list. */
export interface TaskPosition {
  readonly createdAtMs: number;
  readonly id: string;
}

/** A task that is about to be launched. */
export interface LaunchRequest {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly spec: TaskSpec;
  /** Go into Secret objects and nowhere else. */
  readonly secrets: TaskSecrets;
  /** The claims to mount, by mount path. */
  readonly mounts: readonly Mount[];
  readonly placement: Placement;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly createdAtMs: number;
}

/** A claim at a path of the container. */
export interface Mount {
  readonly mountPath: string;
  readonly claimName: string;
  /** Path inside of it; all of it when there is none. */
  readonly subPath?: string;
}

/** An object that would be created, as it would be sent; what is secret in it is left out. */
export type PlannedObject = Readonly<Record<string, unknown>>;

/** What came of a check. */
export interface ValidateResult {
  /** What the cluster warned of. */
  readonly warnings: readonly string[];
  readonly objects: readonly PlannedObject[];
}

/** What a task was asked to do. */
export interface Submission {
  readonly spec: TaskSpec;
  readonly secrets: TaskSecrets;
}

/** Knows what tasks were asked to do. */
export interface SubmissionSource {
  /** Undefined where it is not known: for a task that other tools made, and where the record or a secret is gone. */
  of(record: TaskRecord, signal: AbortSignal): Promise<Submission | undefined>;
}

/** What came of a launch. */
export interface LaunchResult {
  readonly record: TaskRecord;
  /** False when the record was there already: an earlier call with the same id won. */
  readonly created: boolean;
  /** What the cluster warned of. */
  readonly warnings: readonly string[];
}

/** Creates and ends tasks in the cluster. */
export interface TaskLauncher {
  /**
   * Creates the record, which is the lock, and then everything else. When something is refused, what was made is removed
   * again and the error says why. With an existing record of the same fingerprint, what is missing is made.
   */
  launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchResult>;
  /** Checks a task as the cluster would, creating nothing. */
  validate(request: LaunchRequest, signal: AbortSignal): Promise<ValidateResult>;
  /**
   * Writes the stop mark, then suspends every Job that has not ended; with `graceSeconds` pods get no more time than that to end.
   * Idempotent.
   */
  stop(view: TaskView, mark: StopMark, graceSeconds: number | undefined, signal: AbortSignal): Promise<void>;
  /** Removes everything of a task, whether it has ended or not. Idempotent. */
  remove(view: TaskView, signal: AbortSignal): Promise<void>;
}

/** An event of Kubernetes that explains something. */
export interface ClusterEvent {
  readonly reason: string;
  readonly message: string;
  readonly warning: boolean;
  readonly timeMs: number;
}

/** Events by the uid of the object they are about. */
export type EventsByUid = ReadonlyMap<string, readonly ClusterEvent[]>;

/** Looks up what Kubernetes says about an object, newest event first. */
export interface EventSource {
  /** Events of the object with this uid; empty when there are none or they may not be read. */
  eventsOf(uid: string, signal: AbortSignal): Promise<readonly ClusterEvent[]>;
}

/** Storage. */
export interface VolumeStore {
  /** Creates a volume; the repetition of a request finds what the first one made. */
  create(request: VolumeRequest, signal: AbortSignal): Promise<CreatedVolume>;
  list(signal: AbortSignal): Promise<readonly Volume[]>;
  get(volumeId: string, signal: AbortSignal): Promise<Volume | undefined>;
  /** Removes this volume, and no later one of the same name. */
  remove(volume: Volume, signal: AbortSignal): Promise<void>;
  /** The claim that a name means in a user's task; undefined when there is none. */
  resolve(name: string, user: string, signal: AbortSignal): Promise<ResolvedVolume | undefined>;
}

/** What came of a creation. */
export interface CreatedVolume {
  readonly volume: Volume;
  /** What the cluster warned of. */
  readonly warnings: readonly string[];
}

/** A claim that a task mounts. */
export interface ResolvedVolume {
  readonly claimName: string;
  /** It was deleted and goes when its last task does: no new task can have it. */
  readonly deleting: boolean;
  readonly accessModes: readonly string[];
}

/** A volume that is about to be created. */
export interface VolumeRequest {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  /** Canonical Kubernetes quantity. */
  readonly size: string;
  readonly storageClass: string | undefined;
  readonly accessModes: readonly string[];
  /** Kubernetes labels besides those of every volume. */
  readonly labels: Readonly<Record<string, string>>;
  /** The same for all repetitions of one request, and for no other request. */
  readonly fingerprint: string;
}

/** A whole line of a container's log, or a piece of one that is too long. */
export interface LogPiece {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
  /** More pieces of the same line follow. */
  readonly partial: boolean;
  /** A newline ended the line. */
  readonly newline: boolean;
}

/** How far a node's log has been read: enough to go on behind it. */
export interface LogPosition {
  /** Uid of the pod that it was read from. */
  readonly pod: string;
  /** The latest time of a line or piece that was read, in nanoseconds since 1970. Where none was: lines of before are not wanted. */
  readonly timeNs: bigint;
  /** How many whole lines have been read from the first one of that time on. */
  readonly count: number;
  /** How many bytes of the line behind those have been read, when it is a long one. */
  readonly bytes: number;
}

/** What is read of one node's log. */
export interface LogOptions {
  readonly follow: boolean;
  readonly tail: number | undefined;
  readonly sinceMs: number | undefined;
  readonly position: LogPosition | undefined;
}

/** What a node's log yields. */
export type LogEvent =
  | {
      readonly kind: 'lines';
      /**
       * Whoever has made something of the pieces takes them out. The generators on their way keep the events that they handed on, some
       * of them while others come and go, and a reader that takes nothing would keep a dozen. None where only the position is new.
       */
      readonly pieces: LogPiece[];
      readonly position: LogPosition;
    }
  | {
      readonly kind: 'gap';
      readonly afterNs: bigint | undefined;
      readonly beforeNs: bigint | undefined;
      readonly reason: string;
    };

/** Reads the logs of nodes. */
export interface LogSource {
  /**
   * The log of a pod's container. With `follow` it ends when the container has ended and everything was read; a cut
   * connection, a rotated file or an API server that is away for a while does not end it. Without, it ends at the end of what
   * there is. A pod that is gone gives a gap and the end; one that has not started gives nothing.
   */
  read(pod: PodIdentity, options: LogOptions, signal: AbortSignal): AsyncIterable<LogEvent>;
}

/** Reads what a program wrote last. */
export interface LastLines {
  /** The last few lines of a container that has ended; none when they cannot be read. */
  linesOf(pod: PodIdentity): Promise<readonly string[]>;
}

/** Reads what a program wrote first. */
export interface FirstLines {
  /**
   * The time of the first line that the cluster has of a container's log, in nanoseconds since 1970; undefined while there is none.
   * Rejects where the log cannot be read at the moment, as when its node does not answer.
   */
  timeOf(pod: PodIdentity, signal: AbortSignal): Promise<bigint | undefined>;
}

/** Logs that are there when their pods are not any more. */
export interface LogArchive {
  /** Uids of the pods of a node whose logs are kept, oldest first. */
  pods(task: TaskRecord, node: number): Promise<readonly string[]>;
  /** The kept log of such a pod; it ends, whether `follow` is asked for or not. */
  read(task: TaskRecord, node: number, pod: string, options: LogOptions): AsyncIterable<LogEvent>;
  /** When the log of a pod began, in nanoseconds since 1970; undefined when nobody saw it begin. */
  beginning(task: TaskRecord, node: number, pod: string): Promise<bigint | undefined>;
  /** Resolves when no log of this node is being written any more. Throws the signal's reason. */
  settled(task: TaskRecord, node: number, signal: AbortSignal): Promise<void>;
  /** Begins to keep the logs of all pods that run: they are about to go. Resolves when reading has begun. */
  hold(view: TaskView, signal: AbortSignal): Promise<void>;
  /**
   * Resolves when the logs of all pods of the task that have ended are kept; throws when that of one that is there cannot be, or the
   * signal's reason.
   */
  keep(view: TaskView, signal: AbortSignal): Promise<void>;
}

/** One thing that was checked about the cluster. */
export interface Check {
  readonly name: 'cluster' | 'namespace' | 'permissions' | 'machines' | 'gpus' | 'storage';
  /** A warning where some tasks will not work, a failure where none will. */
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found, in a sentence. */
  readonly message: string;
  /** How to repair it; empty where there is nothing to repair. */
  readonly fix: string;
}

/** Looks whether all is well with the cluster. */
export interface Checkup {
  /** Everything that can be checked; what cannot be looked at is a check of its own, never an error. */
  check(signal: AbortSignal): Promise<readonly Check[]>;
}

/** What is run in a container that runs. */
export interface ExecRequest {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Whether input will come; without it the program's standard input is empty. */
  readonly stdin: boolean;
  /** The size of the terminal that the program gets; undefined for none. */
  readonly terminal: TerminalSize | undefined;
}

/** Columns and rows. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** What is sent to a program. */
export type ExecInput =
  | { readonly kind: 'stdin'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'resize'; readonly size: TerminalSize };

/** What comes of a program; `exit` is the last. Code 127: there is no such program, 126: it could not be run; `message` says why. */
export type ExecOutput =
  | { readonly kind: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'exit'; readonly code: number; readonly message: string };

/** An open connection; it ends with the signal that it was opened with. */
export interface Connection<Input, Output> {
  /** What comes back; read once. Throws where the connection was lost. */
  readonly output: AsyncIterable<Output>;
  /** Resolves when the next may be sent. */
  send(input: Input): Promise<void>;
}

/** Connections into pods that run. */
export interface PodConnections {
  /** Runs a program in the pod's container. */
  exec(pod: PodIdentity, request: ExecRequest, signal: AbortSignal): Promise<Connection<ExecInput, ExecOutput>>;
  /** Connects to a TCP port of the pod. */
  forward(pod: PodIdentity, port: number, signal: AbortSignal): Promise<Connection<Uint8Array, Uint8Array>>;
}

/** One container of one pod, never another of the same name. */
export interface PodIdentity {
  readonly name: string;
  readonly uid: string;
  readonly containerName: string;
}
