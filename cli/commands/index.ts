import type { AnyCommand } from '../command.js';
import { login } from './auth/login.js';
import { whoami } from './auth/whoami.js';
import { deleteContext } from './config/delete-context.js';
import { getContexts } from './config/get-contexts.js';
import { setContext } from './config/set-context.js';
import { useContext } from './config/use-context.js';
import { view } from './config/view.js';
import { deleteTask } from './jobs/delete.js';
import { exec } from './jobs/exec.js';
import { list as listJobs } from './jobs/list.js';
import { logs } from './jobs/logs.js';
import { portForward } from './jobs/port-forward.js';
import { rerun } from './jobs/rerun.js';
import { status } from './jobs/status.js';
import { stop } from './jobs/stop.js';
import { submit } from './jobs/submit.js';
import { wait } from './jobs/wait.js';
import { check } from './task/check.js';
import { schema } from './task/schema.js';
import { logs as localLogs } from './local/logs.js';
import { start } from './local/start.js';
import { status as localStatus } from './local/status.js';
import { stop as stopLocal } from './local/stop.js';
import { completion } from './completion.js';
import { doctor } from './doctor.js';
import { help } from './help.js';
import { version } from './version.js';
import { apply } from './volumes/apply.js';
import { create } from './volumes/create.js';
import { deleteVolume } from './volumes/delete.js';
import { list as listVolumes } from './volumes/list.js';

/** A noun of the command line with its verbs. */
export interface CommandGroup {
  readonly noun: string;
  readonly summary: string;
  readonly verbs: readonly AnyCommand[];
}

/** Every command that has a noun, in the order of --help. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    noun: 'jobs',
    summary: 'Submit, watch and stop tasks',
    verbs: [submit, rerun, listJobs, status, logs, wait, exec, portForward, stop, deleteTask],
  },
  { noun: 'task', summary: 'Check task files, and have editors do so', verbs: [check, schema] },
  { noun: 'volumes', summary: 'Create, list and delete volumes', verbs: [create, apply, listVolumes, deleteVolume] },
  { noun: 'auth', summary: 'Say who you are', verbs: [login, whoami] },
  {
    noun: 'config',
    summary: 'Choose between servers',
    verbs: [setContext, useContext, getContexts, deleteContext, view],
  },
  {
    noun: 'local',
    summary: 'Run server and cluster on this machine',
    verbs: [start, stopLocal, localStatus, localLogs],
  },
];

/** Commands without a noun. */
export const SINGLE_COMMANDS: readonly AnyCommand[] = [doctor, version, completion, help];
