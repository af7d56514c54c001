import { REGISTRY_LOGIN } from './fields/envs.js';
import type { Report } from './report.js';
import { keySpot, type MapNode, type Spot } from './tree.js';

/** How to log in to the registry of an image. */
export interface RegistryLogin {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

const SERVER = /^[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._/-]+)?$/;
const ALL = [...REGISTRY_LOGIN].join(', ');

/** The login that the three variables make, wherever each stands in the task; all of them or none must be there. */
export function readRegistryLogin(
  task: MapNode,
  envs: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  report: Report,
): RegistryLogin | undefined {
  const valueOf = (name: string): string => secrets[name] ?? envs[name] ?? '';
  const missing = [...REGISTRY_LOGIN].filter((name) => valueOf(name) === '');
  if (missing.length === REGISTRY_LOGIN.size) return undefined;
  const spotOf = (name: string): Spot => keySpot(task, Object.hasOwn(secrets, name) ? 'secrets' : 'envs', name);
  const [first] = missing;
  if (first !== undefined) {
    const there = [...REGISTRY_LOGIN].find((name) => !missing.includes(name)) ?? first;
    const spot = { path: `secrets.${first}`, at: spotOf(there).at };
    return report.refuse(spot, 'is missing', `a login needs all three of ${ALL}`);
  }
  const server = valueOf('SKYPILOT_DOCKER_SERVER')
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
  if (!SERVER.test(server)) {
    return report.refuse(
      spotOf('SKYPILOT_DOCKER_SERVER'),
      'is not the address of a registry',
      'write it as in registry.example.com',
    );
  }
  return { server, username: valueOf('SKYPILOT_DOCKER_USERNAME'), password: valueOf('SKYPILOT_DOCKER_PASSWORD') };
}

/** The image with the registry in front of it, unless it is there already. */
export function withRegistry(image: string, server: string): string {
  return image.startsWith(`${server}/`) ? image : `${server}/${image}`;
}

/** The variables without those of the login. */
export function withoutLogin(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !REGISTRY_LOGIN.has(name)));
}
