/**
 * How the nodes of a task learn of each other. The server writes what they wait for into an annotation of each pod; Kubernetes
 * shows it in the container as a file, within about a second. In the other direction, a node whose setup is done makes a file,
 * and its startup probe turns that into a part of the pod's status.
 */

import { ANNOTATION } from '../names.js';

/** Folder of the file, in the container. */
export const PEERS_FOLDER = '/run/k8s-cli';
/** The file: the phase that was reached, the addresses of all nodes, and which are missing, a line each. */
export const PEERS_FILE = `${PEERS_FOLDER}/peers`;
/** Where that comes from. */
export const PEERS_FIELD = `metadata.annotations['${ANNOTATION.peers}']`;
/** What a node makes when its setup is done, in the one folder that can always be written. */
export function readyFile(taskId: string, index: number): string {
  return `/dev/shm/.k8s-cli-${taskId}-${index}`;
}

/** Fails until setup is done, and never ends the container for it. */
export function readyProbe(taskId: string, index: number): object {
  return {
    exec: { command: ['/bin/sh', '-c', `[ -e ${readyFile(taskId, index)} ]`] },
    periodSeconds: 1,
    timeoutSeconds: 10,
    failureThreshold: 2_147_483_647,
  };
}

/** The volume that shows the annotation. */
export function peersVolume(name: string): object {
  const fieldRef = { fieldPath: PEERS_FIELD };
  return { name, downwardAPI: { items: [{ path: 'peers', fieldRef }] } };
}
