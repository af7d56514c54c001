import type { Report } from '../report.js';
import { children, quote, type Value, valueAt } from '../tree.js';
import { readString } from './field.js';

const KUBERNETES = new Set(['k8s', 'kubernetes']);
const CONTEXT = /^[^\s/*][^\s]{0,252}$/;

/**
 * `infra`: the context that it names, as in `k8s/my-cluster`; undefined where any cluster will do, or where it names another cloud.
 */
export function readInfra(value: Value, report: Report): string | undefined {
  const infra = readString(value, report);
  if (infra === undefined || infra === '' || infra === '*') return undefined;
  if (!isKubernetes(infra)) return refuseCloud(infra, value, report);
  // A context may have slashes in its name, as those of managed clusters do.
  const context = infra.includes('/') ? infra.slice(infra.indexOf('/') + 1) : '';
  return context === '' || /^[*/]+$/.test(context) ? undefined : readContextName(context, value, report);
}

/** `cloud`, the older spelling of `infra`. */
export function readCloud(value: Value, report: Report): void {
  const cloud = readString(value, report);
  if (cloud === undefined || cloud === '' || isKubernetes(cloud)) return;
  refuseCloud(cloud, value, report);
}

/**
 * `region`, the older spelling of the context in `infra`. Where the `resources` that it stands in name another cloud it means none.
 */
export function readRegion(value: Value, resources: Value, report: Report): string | undefined {
  const region = readString(value, report);
  if (region === undefined || region === '' || region === '*') return undefined;
  if (!report.lenient || otherCloudOf(resources) === undefined) return readContextName(region, value, report);
  report.warn(value, 'ignored: it is a region of another cloud');
  return undefined;
}

function readContextName(context: string, value: Value, report: Report): string | undefined {
  if (CONTEXT.test(context)) return context;
  return report.refuse(value, `${quote(context)} is not the name of a context`, 'write k8s, or k8s/NAME');
}

function refuseCloud(cloud: string, value: Value, report: Report): undefined {
  const message = `${quote(cloud)} is not Kubernetes, and tasks run on Kubernetes only`;
  if (!report.lenient) return report.refuse(value, message, 'leave it out, or write k8s; --lenient ignores it');
  report.warn(value, `ignored: ${message}`);
  return undefined;
}

/** The alternatives of any_of or ordered without those for other clouds; all, where there are no others and the report is lenient. */
export function possibleChoices(choices: readonly Value[], value: Value, report: Report): readonly Value[] {
  const others = choices.map(otherCloudOf);
  const possible = choices.filter((_, index) => others[index] === undefined);
  if (possible.length === 0 && report.lenient) return choices;
  for (const other of others) {
    if (other) report.warn(other, `this alternative is left out: ${other.cloud.slice(0, 40)} is not Kubernetes`);
  }
  if (possible.length === 0 && choices.length > 0) {
    const fix = 'add one with infra: k8s; --lenient ignores the names of clouds';
    report.refuse(value, 'none of the alternatives is for Kubernetes', fix);
  }
  return possible;
}

/** The other cloud that `resources` name, of which nothing can be had here; undefined where Kubernetes is possible. */
function otherCloudOf({ node, path }: Value): (Value & { cloud: string }) | undefined {
  if (node.kind !== 'map') return undefined;
  for (const child of children(node, path)) {
    if (child.key !== 'infra' && child.key !== 'cloud') continue;
    if (child.node.kind !== 'string' || child.node.value === '' || isKubernetes(child.node.value)) continue;
    return { ...valueAt(child.path, child.node), cloud: child.node.value };
  }
  return undefined;
}

function isKubernetes(infra: string): boolean {
  const [cloud = ''] = infra.split('/');
  return cloud === '*' || KUBERNETES.has(cloud.toLowerCase());
}

/** `use_spot`: false is what happens anyway, anything else has no effect. */
export function readUseSpot(value: Value, report: Report): void {
  if (value.node.kind === 'bool' && !value.node.value) return;
  report.warn(value, 'ignored: there are no spot nodes to ask for');
}
