import type { Domain } from '../../../server/domain/context.js';
import type {
  Check,
  ClusterEvent,
  LaunchRequest,
  LaunchResult,
  LogEvent,
  LogOptions,
  Outage,
  PodConnections,
  PodIdentity,
  Submission,
  ResolvedVolume,
  TaskPosition,
  ValidateResult,
} from '../../../server/domain/ports.js';
import type { MachineFacts, StorageClassFacts } from '../../../server/domain/placement/cluster-facts.js';
import { type Policy, STRICT_POLICY } from '../../../server/domain/placement/policy.js';
import { amountOf } from '../../../server/kubernetes/manifests/quantity.js';
import type { StopMark, TaskRecord, TaskView } from '../../../server/domain/task.js';
import { FakeClock } from './fake-clock.js';
import { record } from './views.js';

function nothingThere(): Promise<never> {
  throw new Error('this test has nothing to connect to');
}

/** A pod's log that a test writes to while it is read. */
export class FakeLog {
  readonly #events: LogEvent[] = [];
  #ended = false;
  readonly #waiting = new Set<() => void>();
  /** Options of each reading. */
  readonly readings: LogOptions[] = [];

  write(...events: LogEvent[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(options: LogOptions, signal: AbortSignal): AsyncGenerator<LogEvent, void, undefined> {
    this.readings.push(options);
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    for (let at = 0; !signal.aborted; at += 1) {
      while (at >= this.#events.length && !this.#ended && !signal.aborted) {
        if (!options.follow) return;
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
      const event = this.#events[at];
      if (event === undefined) return;
      // Its pieces are taken out by whoever reads them.
      yield event.kind === 'lines' ? { ...event, pieces: [...event.pieces] } : event;
    }
  }
}

/** The world of the use cases, in the hands of a test. */
export class FakeDomain implements Domain {
  readonly clock = new FakeClock();
  readonly namespace = 'default';
  readonly views = new Map<string, TaskView>();
  readonly eventsByUid = new Map<string, readonly ClusterEvent[]>();
  readonly lastLinesOf = new Map<string, readonly string[]>();
  readonly logsOf = new Map<string, FakeLog>();
  readonly claims = new Map<string, ResolvedVolume>();
  /** What the cluster has, and what tasks may have of it. */
  machines: readonly MachineFacts[] | 'unknown' = [];
  storageClasses: readonly StorageClassFacts[] | 'none' | 'unknown' = 'unknown';
  readonly priorityClasses = new Set<string>();
  queues: ReadonlySet<string> | undefined;
  policy: Policy = STRICT_POLICY;
  readonly launches: LaunchRequest[] = [];
  readonly validated: LaunchRequest[] = [];
  readonly removed: string[] = [];
  readonly stops: { readonly id: string; readonly mark: StopMark; readonly graceSeconds?: number }[] = [];
  /** What the launcher does with a request; by default it creates it. */
  onLaunch: (request: LaunchRequest) => LaunchResult | Promise<LaunchResult> = (request) => ({
    record: record({ id: request.id, name: request.name, numNodes: request.spec.numNodes }),
    created: true,
    warnings: [],
  });
  onStop: (id: string) => void = () => {};
  /** What the cluster shows when it is asked for pods; by default nothing new. */
  onFindPods: (id: string) => void = () => {};
  /** Pods that are there and that a task does not show any more, by its id. */
  readonly formerPods = new Map<string, readonly PodIdentity[]>();
  /** What is connected to; a test that needs it sets it. */
  connections: PodConnections = { exec: nothingThere, forward: nothingThere };
  /** Who watches all tasks. */
  readonly anyListeners = new Set<(id: string) => void>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #outageListeners = new Set<() => void>();
  #ids = 0;

  readonly ids = { random: (): string => `random${String((this.#ids += 1)).padStart(2, '0')}` };

  /** Shows a task as it is now, and tells whoever watches it. */
  show(view: TaskView): void {
    this.views.set(view.record.id, view);
    this.#tell(view.record.id);
  }

  /** The task is gone. */
  forget(id: string): void {
    this.views.delete(id);
    this.#tell(id);
  }

  #tell(id: string): void {
    for (const listener of this.#listeners.get(id) ?? []) listener();
    for (const listener of this.anyListeners) listener(id);
  }

  /** How many watch a task. */
  listeners(id: string): number {
    return this.#listeners.get(id)?.size ?? 0;
  }

  /** The log of a pod, made when first asked for. */
  log(podUid: string): FakeLog {
    let log = this.logsOf.get(podUid);
    if (!log) {
      log = new FakeLog();
      this.logsOf.set(podUid, log);
    }
    return log;
  }

  /** Nothing is heard from the cluster from now on; or it is again. */
  lose(outage: Outage | undefined): void {
    this.store.outage = outage;
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener();
    for (const listener of this.#outageListeners) listener();
  }

  readonly store = {
    outage: undefined as Outage | undefined,
    ready: async (): Promise<void> => {},
    get: async (id: string): Promise<TaskView | undefined> => this.views.get(id),
    peek: (id: string): TaskView | undefined => this.views.get(id),
    findPods: async (id: string): Promise<void> => this.onFindPods(id),
    pod: (id: string, uid: string): PodIdentity | undefined => this.formerPods.get(id)?.find((pod) => pod.uid === uid),
    list: (user: string | undefined, after: TaskPosition | undefined): readonly TaskView[] =>
      [...this.views.values()]
        .filter(({ record: { user: owner } }) => user === undefined || owner === user)
        .toSorted((a, b) => order(b.record, a.record))
        .filter(({ record: own }) => after === undefined || order(own, after) < 0),
    onChange: (id: string, listener: () => void, signal: AbortSignal): void => {
      const listeners = this.#listeners.get(id) ?? new Set();
      this.#listeners.set(id, listeners.add(listener));
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
    onAnyChange: (listener: (id: string) => void, signal: AbortSignal): void => {
      this.anyListeners.add(listener);
      signal.addEventListener('abort', () => this.anyListeners.delete(listener), { once: true });
    },
    onOutage: (listener: () => void, signal: AbortSignal): void => {
      this.#outageListeners.add(listener);
      signal.addEventListener('abort', () => this.#outageListeners.delete(listener), { once: true });
    },
  };

  get site(): Domain['site'] {
    const { policy, namespace } = this;
    const facts = {
      name: 'test-cluster',
      amountOf,
      machines: async () => this.machines,
      storageClasses: async () => this.storageClasses,
      hasPriorityClass: async (name: string) => this.priorityClasses.has(name),
      hasQueue: async (name: string) => this.queues?.has(name) ?? ('no-kueue' as const),
    };
    return { facts, policy, namespace };
  }

  readonly launcher = {
    launch: async (request: LaunchRequest): Promise<LaunchResult> => {
      this.launches.push(request);
      return this.onLaunch(request);
    },
    validate: async (request: LaunchRequest): Promise<ValidateResult> => {
      this.validated.push(request);
      return { warnings: ['the cluster warns'], objects: [{ kind: 'Job' }] };
    },
    remove: async (view: TaskView): Promise<void> => {
      this.removed.push(view.record.id);
    },
    stop: async (view: TaskView, mark: StopMark, graceSeconds: number | undefined): Promise<void> => {
      this.onStop(view.record.id);
      this.stops.push({ id: view.record.id, mark, ...(graceSeconds === undefined ? {} : { graceSeconds }) });
    },
  };

  /** What is recorded of tasks, by their ids. */
  readonly recorded = new Map<string, Submission>();
  readonly submissions = {
    of: async ({ id }: TaskRecord): Promise<Submission | undefined> => this.recorded.get(id),
  };

  readonly checkup = {
    check: async (): Promise<readonly Check[]> => [{ name: 'cluster', status: 'ok', message: 'answers', fix: '' }],
  };

  readonly events = {
    eventsOf: async (uid: string): Promise<readonly ClusterEvent[]> => this.eventsByUid.get(uid) ?? [],
  };

  readonly logs = {
    read: (pod: PodIdentity, options: LogOptions, signal: AbortSignal): AsyncIterable<LogEvent> =>
      this.log(pod.uid).read(options, signal),
  };

  readonly lastLines = {
    linesOf: async (pod: PodIdentity): Promise<readonly string[]> => this.lastLinesOf.get(pod.uid) ?? [],
  };

  /** Kept logs by node and pod, in order; what `hold` was called for. */
  readonly kept = new Map<number, Map<string, readonly LogEvent[]>>();
  readonly held: string[] = [];
  readonly keptReadings: { readonly pod: string; readonly options: LogOptions }[] = [];
  /** When logs began, by pod, in nanoseconds. */
  readonly beginnings = new Map<string, bigint>();
  readonly archive = {
    pods: async (_task: TaskRecord, node: number): Promise<readonly string[]> => [
      ...(this.kept.get(node)?.keys() ?? []),
    ],
    read: (_task: TaskRecord, node: number, pod: string, options: LogOptions): AsyncIterable<LogEvent> => {
      const log = new FakeLog();
      log.write(...(this.kept.get(node)?.get(pod) ?? []));
      log.end();
      this.keptReadings.push({ pod, options });
      return log.read(options, new AbortController().signal);
    },
    beginning: async (_task: TaskRecord, _node: number, pod: string): Promise<bigint | undefined> =>
      this.beginnings.get(pod),
    settled: async (_task: TaskRecord, _node: number, _signal: AbortSignal): Promise<void> => {},
    hold: async (view: TaskView): Promise<void> => {
      this.held.push(view.record.id);
    },
    keep: async (): Promise<void> => {},
  };

  readonly volumes = {
    create: (): Promise<never> => Promise.reject(new Error('no volume is created here')),
    list: (): Promise<never> => Promise.reject(new Error('no volumes are listed here')),
    get: (): Promise<never> => Promise.reject(new Error('no volume is read here')),
    remove: (): Promise<never> => Promise.reject(new Error('no volume is removed here')),
    resolve: async (name: string, user: string): Promise<ResolvedVolume | undefined> =>
      this.claims.get(`${user}/${name}`),
  };
}

/** Oldest first. */
function order(a: TaskPosition, b: TaskPosition): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
