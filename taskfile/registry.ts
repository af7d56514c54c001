import { REGISTRY_LOGIN } from './fields/envs.js';
import type { Report } from './report.js';

/** How to log in to the registry of an image. */
export interface RegistryLogin {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

const SERVER = /^[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._/-]+)?$/;
const ALL = [...REGISTRY_LOGIN].join(', ');

/** The login that the three variables make, wherever each stands; all of them or none must be there. */
export function readRegistryLogin(
  envs: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  report: Report,
): RegistryLogin | undefined {
  const valueOf = (name: string): string => secrets[name] ?? envs[name] ?? '';
  const missing = [...REGISTRY_LOGIN].filter((name) => valueOf(name) === '');
  if (missing.length === REGISTRY_LOGIN.size) return undefined;
  const [first = ''] = missing;
  const spot = { path: `secrets.${first}`, at: undefined };
  if (missing.length > 0) return report.refuse(spot, 'is missing', `a login needs all three of ${ALL}`);
  const server = valueOf('SKYPILOT_DOCKER_SERVER')
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
  if (!SERVER.test(server)) {
    const serverSpot = { path: 'secrets.SKYPILOT_DOCKER_SERVER', at: undefined };
    return report.refuse(serverSpot, 'is not the address of a registry', 'write it as in registry.example.com');
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
