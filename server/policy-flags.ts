/** The flags that say what tasks may have of the cluster, as one value. */

import type { Policy, SecretKey } from './domain/placement/policy.js';

/** Texts of the flags, undefined for those that were not given. */
export type PolicyFlags = Readonly<
  Record<'allow-service-accounts' | 'allow-pod-config' | 'priority-classes' | 'secrets', string | undefined>
>;

const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The policy that the flags make, or what is wrong with them. */
export function readPolicy(flags: PolicyFlags): Policy | string {
  const serviceAccounts = itemsOf(flags['allow-service-accounts']);
  const podConfig = itemsOf(flags['allow-pod-config']);
  const badAccount = serviceAccounts.find((name) => !NAME.test(name));
  if (badAccount !== undefined) return `--allow-service-accounts: "${badAccount}" is no name of a service account`;
  const badPath = podConfig.find((path) => !/^[A-Za-z]+(?:\.[A-Za-z]+)*$/.test(path));
  if (badPath !== undefined)
    return `--allow-pod-config: "${badPath}" is no path of a pod spec, such as volumes.hostPath`;
  const priorityClasses = pairsOf(flags['priority-classes']).map(([from, name]) => ({ from: Number(from), name }));
  const badClass = priorityClasses.find(({ from, name }) => !Number.isInteger(from) || !NAME.test(name));
  if (badClass !== undefined) return '--priority-classes: write N=NAME, for example 500=high-priority';
  const secrets: [string, SecretKey][] = [];
  for (const [name, place] of pairsOf(flags.secrets)) {
    const [secret = '', key = name] = place.split('/');
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || !NAME.test(secret) || !/^[-._A-Za-z0-9]+$/.test(key)) {
      return '--secrets: write NAME=SECRET/KEY, for example HF_TOKEN=hugging-face/token';
    }
    secrets.push([name, { secret, key }]);
  }
  return {
    serviceAccounts,
    podConfig,
    priorityClasses: priorityClasses.toSorted((a, b) => b.from - a.from),
    secrets: Object.fromEntries(secrets),
  };
}

function itemsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function pairsOf(text: string | undefined): [string, string][] {
  return itemsOf(text).map((item) => {
    const at = item.indexOf('=');
    return at < 0 ? [item, ''] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  });
}
