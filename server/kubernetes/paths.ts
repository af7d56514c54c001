/** Paths of the collections that are used, in one namespace. */
export interface Paths {
  readonly configMaps: string;
  readonly jobs: string;
  readonly pods: string;
  readonly services: string;
  readonly secrets: string;
  readonly claims: string;
  readonly events: string;
}

/** The collections of a namespace. */
export function pathsOf(namespace: string): Paths {
  const core = `/api/v1/namespaces/${namespace}`;
  return {
    configMaps: `${core}/configmaps`,
    jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    pods: `${core}/pods`,
    services: `${core}/services`,
    secrets: `${core}/secrets`,
    claims: `${core}/persistentvolumeclaims`,
    events: `${core}/events`,
  };
}
