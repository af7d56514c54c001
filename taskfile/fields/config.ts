import type { Report } from '../report.js';
import type { Value } from '../tree.js';
import { type FieldTable, ignored, readFields, refused, supported } from './field.js';

const LATER = 'is not supported yet';
const OTHER_CLOUD = 'it is for another cloud';
const LEAVE_OUT = 'leave it out';

/** What a task may say under `config.kubernetes`, field by field. */
const KUBERNETES_CONFIG_FIELDS: FieldTable<object> = {
  quota: ignored('there are no quotas of that kind'),
  dws: ignored('there is no queue of that kind'),
  pod_config: refused(LATER, LEAVE_OUT),
  custom_metadata: refused(LATER, LEAVE_OUT),
  provision_timeout: refused(LATER, LEAVE_OUT),
  kueue: refused(LATER, LEAVE_OUT),
  set_pod_resource_limits: refused(LATER, 'leave it out: limits are the requests'),
  remote_identity: refused(LATER, LEAVE_OUT),
  enable_docker: refused('is not supported', 'build images before the task'),
};

/** What a task may say under `config`, field by field. */
export const CONFIG_FIELDS: FieldTable<object> = {
  kubernetes: supported(['{}'], (value, report, draft) => {
    readFields(KUBERNETES_CONFIG_FIELDS, {}, value, report, draft);
  }),
  docker: ignored('the cluster decides how containers run'),
  nvidia_gpus: ignored('the cluster decides how GPUs are set up'),
  active_workspace: ignored('there are no workspaces'),
  ssh: ignored(OTHER_CLOUD),
  aws: ignored(OTHER_CLOUD),
  gcp: ignored(OTHER_CLOUD),
  azure: ignored(OTHER_CLOUD),
  vast: ignored(OTHER_CLOUD),
  slurm: ignored(OTHER_CLOUD),
  hooks: refused('hooks are not supported yet', LEAVE_OUT),
};

/** `config`: nothing in it has an effect yet, and what would change the task's result is refused. */
export function readConfig(value: Value, report: Report): void {
  readFields(CONFIG_FIELDS, {}, value, report, {});
}
