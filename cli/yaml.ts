/** The parts of the YAML library that are used, apart, so that only commands that need them load them. */

import { stringify as stringifyYaml } from 'yaml';

export { parseDocument } from 'yaml';

/**
 * Writes a value as YAML. Texts are in quotes also where only readers of YAML 1.1 would take them for something else: to kubectl and
 * to many libraries `yes` is a truth value, and a time no text.
 */
export function stringify(value: unknown): string {
  return stringifyYaml(value, { compat: 'yaml-1.1' });
}
