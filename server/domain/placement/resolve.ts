/** What a task asks of the cluster, looked up and checked: everything that is wrong with it at once. */

import type { ManagedSecret, TaskSpec } from '../../../taskfile/task-spec.js';
import type { FieldViolation } from '../errors.js';
import { choose, type NodeTerm } from './choose.js';
import type { ClusterFacts } from './cluster-facts.js';
import { podConfigProblems } from './pod-config.js';
import type { Policy } from './policy.js';

/** What was found for a task; kept in its record, so that whoever makes its objects makes the same ones. */
export interface Placement {
  /** A machine has to fit one of them; none where any machine will do. */
  readonly nodeTerms: readonly NodeTerm[];
  readonly priorityClass: string | undefined;
  /** A LocalQueue of Kueue. */
  readonly queue: string | undefined;
  readonly managedSecrets: readonly ResolvedSecret[];
}

/** A secret that the server has, and where the task wants it. */
export interface ResolvedSecret extends ManagedSecret {
  readonly secret: string;
  readonly key: string;
}

/** What came of a task. */
export interface Resolved {
  /** The task with the alternative that was chosen. */
  readonly spec: TaskSpec;
  readonly placement: Placement;
  readonly warnings: readonly FieldViolation[];
  readonly violations: readonly FieldViolation[];
}

/** Where the task is to be, and what it may have there. */
export interface Site {
  readonly facts: ClusterFacts;
  readonly policy: Policy;
  readonly namespace: string;
}

const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name';

/** Looks up all that a task needs of the cluster. */
export async function resolveTask(asked: TaskSpec, site: Site, signal: AbortSignal): Promise<Resolved> {
  const warnings: FieldViolation[] = [];
  const violations: FieldViolation[] = [];
  const warn = (field: string, text: string): void => {
    warnings.push({ field, description: `${field}: ${text}` });
  };
  const refuse = (field: string, description: string): undefined => {
    violations.push({ field, description: `${field}: ${description}` });
    return undefined;
  };

  const { resources, nodeTerms } = await chosen();
  const spec: TaskSpec = { ...asked, resources, alternatives: [] };
  const { kubernetes } = spec;
  checkContext();
  checkAllowed();
  const placement: Placement = {
    nodeTerms,
    priorityClass: await priorityClass(),
    queue: await queue(),
    managedSecrets: spec.managedSecrets.flatMap(managedSecret),
  };
  return { spec, placement, warnings, violations };

  async function chosen(): Promise<{ resources: TaskSpec['resources']; nodeTerms: readonly NodeTerm[] }> {
    const alternatives = asked.alternatives.length > 0 ? asked.alternatives : [asked.resources];
    const plain = { resources: asked.resources, nodeTerms: [] };
    const machinesMatter = alternatives.length > 1 || asked.resources.gpuType !== undefined;
    if (!machinesMatter) return plain;
    const machines = await site.facts.machines(signal);
    const choice = choose(alternatives, asked.numNodes, machines, (quantity) => site.facts.amountOf(quantity));
    if ('problem' in choice) {
      refuse('resources.accelerators', choice.problem);
      return plain;
    }
    for (const text of choice.warnings) warn('resources', text);
    return choice;
  }

  function checkContext(): void {
    const { context } = resources;
    if (context === undefined || context === site.facts.name) return;
    refuse(
      'resources.infra',
      `this server serves "${site.facts.name}", not "${context}"; write k8s, or use the server of that cluster`,
    );
  }

  function checkAllowed(): void {
    const { serviceAccount, podConfig } = kubernetes;
    const { policy, namespace } = site;
    if (serviceAccount !== undefined && !policy.serviceAccounts.includes(serviceAccount)) {
      const description = `the service account "${serviceAccount}" is not allowed by this server; leave it out, or ask its administrator for --allow-service-accounts ${serviceAccount}`;
      refuse('config.kubernetes.remote_identity', description);
    }
    for (const problem of podConfig === undefined ? [] : podConfigProblems(podConfig, policy.podConfig)) {
      refuse('config.kubernetes.pod_config.spec', problem);
    }
    for (const mount of spec.volumes) {
      if (!('created' in mount) || mount.created.namespace === undefined || mount.created.namespace === namespace)
        continue;
      const description = `tasks of this server live in the namespace "${namespace}"; leave namespace out`;
      refuse(`volumes.${mount.mountPath}.config.namespace`, description);
    }
  }

  async function priorityClass(): Promise<string | undefined> {
    const { priority, priorityClass: named } = resources;
    if (named !== undefined) {
      const there = await site.facts.hasPriorityClass(named, signal);
      if (there !== false) return named;
      return refuse(
        'resources.priority_class',
        `the cluster has no PriorityClass "${named}"; \`kubectl get priorityclasses\` shows what it has`,
      );
    }
    if (priority === undefined || priority === 0) return undefined;
    const mapped = site.policy.priorityClasses.find(({ from }) => priority >= from);
    if (mapped === undefined) warn('resources.priority', `ignored: this server has no PriorityClass for ${priority}`);
    return mapped?.name;
  }

  async function queue(): Promise<string | undefined> {
    const label = resources.labels[QUEUE_LABEL] ?? kubernetes.labels[QUEUE_LABEL];
    const field = kubernetes.queue === undefined ? 'resources.labels' : 'config.kubernetes.kueue.local_queue_name';
    const name = kubernetes.queue ?? label;
    if (name === undefined || name === '') return undefined;
    const there = await site.facts.hasQueue(name, signal);
    if (there === 'no-kueue')
      return refuse(field, 'the cluster has no Kueue, so nothing would start the task; leave it out');
    if (there === false) {
      return refuse(
        field,
        `the namespace "${site.namespace}" has no LocalQueue "${name}"; \`kubectl get localqueues\` shows what it has`,
      );
    }
    if (asked.numNodes > 1) warn(field, `the queue lets the ${asked.numNodes} nodes in one by one, not all together`);
    return name;
  }

  function managedSecret(wanted: ManagedSecret): ResolvedSecret[] {
    const known = Object.hasOwn(site.policy.secrets, wanted.name) ? site.policy.secrets[wanted.name] : undefined;
    if (known !== undefined) return [{ ...wanted, ...known }];
    refuse(
      'secrets',
      `this server has no secret "${wanted.name}"; write its value, or ask the administrator for --secrets ${wanted.name}=SECRET/KEY`,
    );
    return [];
  }
}
