/** Whether all is well with the cluster, and how to repair what is not. */

import type { ClusterFacts, MachineFacts } from '../../domain/placement/cluster-facts.js';
import { messageOf } from '../../message-of.js';
import { DEFAULT_CLASS } from '../facts.js';
import type { Check, Checkup, Outage } from '../../domain/ports.js';
import { hasCode } from '../api/errors.js';
import { missingRights } from './permissions.js';
import type { KubeClient } from '../api/client.js';

/** Long enough for a busy cluster, short enough for a person who waits. */
const TIMEOUT_MS = 10_000;
/** Jobs with `podReplacementPolicy`. */
const OLDEST_MINOR = 29;
/** Labels of machines that have GPUs, whether Kubernetes can use them or not. */
const GPU_LABELS = ['nvidia.com/gpu.present', 'cloud.google.com/gke-accelerator', 'k8s.amazonaws.com/accelerator'];

/** What is checked, and what with. */
export interface CheckupOptions {
  readonly client: KubeClient;
  readonly facts: Pick<ClusterFacts, 'machines' | 'storageClasses'>;
  /** Address of the API server. */
  readonly server: string;
  readonly namespace: string;
  /** Set while the cluster cannot be watched. */
  readonly outage: () => Outage | undefined;
}

type Finding = Omit<Check, 'name'>;

/** The checks of one cluster and namespace. */
export function createCheckup({ client, facts, server, namespace, outage }: CheckupOptions): Checkup {
  async function cluster(signal: AbortSignal): Promise<Finding> {
    const { body } = await client.request<Version>({ method: 'GET', path: '/version', signal, retry: false });
    const { major = '', minor = '', gitVersion = `${major}.${minor}` } = body;
    const found = `Kubernetes ${gitVersion} answers at ${server}`;
    const silence = outage();
    if (silence !== undefined) {
      return failed(
        `${found}, but cannot be watched: ${silence.message}`,
        "see the server's log; it tries again by itself",
      );
    }
    if (Number(major) === 1 && Number.parseInt(minor, 10) < OLDEST_MINOR) {
      return failed(`${found}, which is too old`, `use Kubernetes 1.${OLDEST_MINOR} or later`);
    }
    return ok(found);
  }

  async function ownNamespace(signal: AbortSignal): Promise<Finding> {
    try {
      await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}`, signal });
      return ok(`namespace ${namespace} is there`);
    } catch (error) {
      if (hasCode(error, 404)) {
        return failed(`there is no namespace ${namespace}`, `create it: kubectl create namespace ${namespace}`);
      }
      // Seldom granted, and not needed: whether its contents may be read is a check of its own.
      if (hasCode(error, 403)) return ok(`namespace ${namespace} (may not be looked at itself)`);
      throw error;
    }
  }

  async function permissions(signal: AbortSignal): Promise<Finding> {
    const missing = await missingRights(client, namespace, signal);
    if (missing === 'open') return ok('the cluster has no access control: whoever has its token may do everything');
    const repair =
      'give its account the Role in README.md, section "On a real cluster": kubectl apply -f, and a RoleBinding to it';
    if (missing.needed.length > 0) {
      const all = [...missing.needed, ...missing.streams].join(', ');
      return failed(`the server may not ${all} in namespace ${namespace}`, repair);
    }
    if (missing.streams.length === 0) return ok(`the server may do all that it needs in namespace ${namespace}`);
    const words = `the server may not ${missing.streams.join(', ')} in namespace ${namespace}`;
    return warning(`${words}: jobs exec and jobs port-forward will not work`, repair);
  }

  async function machines(signal: AbortSignal): Promise<Finding> {
    const found = await facts.machines(signal);
    if (found === 'unknown') return ok('the server may not list machines, and needs not');
    if (found.length === 0) return failed('the cluster has no machines', 'add a node to it');
    const cpus = sum(found, ({ capacity }) => capacity.cpus);
    const free = found.some((one) => one.free === undefined) ? undefined : sum(found, (one) => one.free?.cpus ?? 0);
    return ok(
      `${count(found.length, 'machine')} with ${round(cpus)} CPUs${free === undefined ? '' : `, ${round(free)} free`}`,
    );
  }

  async function gpus(signal: AbortSignal): Promise<Finding> {
    const found = await facts.machines(signal);
    if (found === 'unknown') {
      return warning(
        'the server may not list machines, so GPUs cannot be checked, nor chosen by name',
        'for tasks that name a GPU type give its account a ClusterRole with list on nodes and pods',
      );
    }
    const hidden = found.filter(
      ({ labels, capacity }) => capacity.gpus === 0 && GPU_LABELS.some((one) => one in labels),
    );
    if (hidden.length > 0) {
      return warning(
        `${count(hidden.length, 'machine')} with GPUs ${hidden.length === 1 ? 'does' : 'do'} not offer them to Kubernetes`,
        "install NVIDIA's device plugin or GPU operator there",
      );
    }
    const total = sum(found, ({ capacity }) => capacity.gpus);
    if (total === 0) return ok('no GPUs; tasks that ask for accelerators wait for ever');
    const having = found.filter(({ capacity }) => capacity.gpus > 0);
    const free = having.some((one) => one.free === undefined) ? undefined : sum(having, (one) => one.free?.gpus ?? 0);
    const left = free === undefined ? '' : `, ${free} free`;
    return ok(`${count(total, 'GPU')} on ${count(having.length, 'machine')}${left}`);
  }

  async function storage(signal: AbortSignal): Promise<Finding> {
    const classes = await facts.storageClasses(signal);
    if (classes === 'none') return ok('the cluster has no storage classes, and makes volumes by itself');
    if (classes === 'unknown') {
      return warning(
        'the server may not look at storage classes, so it is not known whether volumes can be made',
        'try it: k8s-cli volumes create NAME SIZE; or give its account a ClusterRole with list on storageclasses',
      );
    }
    const names = classes.map(({ name }) => name);
    const preset = classes.find(({ isDefault }) => isDefault);
    if (preset !== undefined) return ok(`volumes are of storage class ${preset.name} unless told otherwise`);
    if (names.length === 0) {
      return warning('the cluster has no storage class: volumes stay pending', 'install a storage provisioner');
    }
    return warning(
      `no storage class is the default; there are ${names.join(', ')}`,
      `name one: k8s-cli volumes create NAME SIZE --storage-class ${names[0]}; or annotate it with ${DEFAULT_CLASS}=true`,
    );
  }

  return {
    check: async (caller) => {
      const signal = AbortSignal.any([caller, AbortSignal.timeout(TIMEOUT_MS)]);
      const checks: readonly (readonly [Check['name'], () => Promise<Finding>])[] = [
        ['cluster', () => cluster(signal)],
        ['namespace', () => ownNamespace(signal)],
        ['permissions', () => permissions(signal)],
        ['machines', () => machines(signal)],
        ['gpus', () => gpus(signal)],
        ['storage', () => storage(signal)],
      ];
      return Promise.all(
        checks.map(async ([name, look]) => {
          try {
            return { name, ...(await look()) };
          } catch (error) {
            caller.throwIfAborted();
            const why = messageOf(error);
            const fix = `see whether the cluster at ${server} answers: kubectl version`;
            return { name, ...failed(`could not be checked: ${why}`, fix) };
          }
        }),
      );
    },
  };
}

interface Version {
  readonly major?: string;
  readonly minor?: string;
  readonly gitVersion?: string;
}

function ok(message: string): Finding {
  return { status: 'ok', message, fix: '' };
}

function warning(message: string, fix: string): Finding {
  return { status: 'warning', message, fix };
}

function failed(message: string, fix: string): Finding {
  return { status: 'failed', message, fix };
}

function sum(machines: readonly MachineFacts[], amount: (machine: MachineFacts) => number): number {
  return machines.reduce((total, machine) => total + amount(machine), 0);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function round(amount: number): number {
  return Math.round(amount * 10) / 10;
}
