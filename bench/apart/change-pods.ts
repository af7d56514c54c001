/** Changes pods of a namespace when it is told to: `change-pods.ts KUBECONFIG NAMESPACE`. Asked for so many milliseconds, answers with how many changed. */

import { loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { pathsOf } from '../../server/kubernetes/paths.js';
import { createKubeClient } from '../../server/kubernetes/api/client.js';
import { changePods } from '../support/changes.js';
import { answerParent } from './answer-parent.js';

const [path, namespace = ''] = process.argv.slice(2);
const client = createKubeClient(loadClusterConfig({ kind: 'kubeconfig', path, context: undefined }));
const { pods } = pathsOf(namespace);
const { body } = await client.request<{ items: { metadata: { name: string } }[] }>({ method: 'GET', path: pods });
const paths = body.items.map(({ metadata }) => `${pods}/${metadata.name}`);
answerParent((forMs: number) => changePods(client, paths, forMs));
