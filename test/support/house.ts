import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliOptions, startCli } from './cli.js';
import { eventually } from './eventually.js';
import type { Kubernetes } from './kubernetes.js';
import { logLines } from './log-lines.js';
import type { Ending, Program } from './program.js';
import { rest, type RestAnswer, type RestOptions, type RestStream, restStream } from './rest.js';
import { type Server, startServer } from './server.js';
import { createNamespace, removeNamespace, targetKubeconfig } from './target.js';
import type { SubmittedJson, TaskJson } from './task-json.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

/** Who a submission comes from, and what its query says. */
export interface SubmitOptions {
  readonly user?: string;
  readonly query?: string;
}

/** A namespace with a server for it: everything that a user has. */
export interface House {
  readonly server: Server;
  readonly kubernetes: Kubernetes;
  /** A folder for files, removed at the end. */
  readonly folder: string;
  /** Runs a command line to its end. */
  cli(args: readonly string[], options?: CliOptions): Promise<Ending>;
  /** Starts a command line; what still runs at the end is killed. */
  startCli(args: readonly string[], options?: CliOptions): Program;
  rest(method: string, path: string, options?: RestOptions): Promise<RestAnswer>;
  restStream(path: string, options?: RestOptions): Promise<RestStream>;
  /** The parsed body of a GET, which has to succeed. */
  get<T>(path: string, options?: RestOptions): Promise<T>;
  /** Submits a task, given as fields or as the text of a task file, which has to succeed. */
  submit(task: object | string, options?: SubmitOptions): Promise<SubmittedJson>;
  task(taskId: string, user?: string): Promise<TaskJson>;
  /** Waits until the task's status is this word. */
  until(taskId: string, status: string, user?: string): Promise<TaskJson>;
  /** The lines of the task's log, read to its end. */
  log(taskId: string, query?: string): Promise<string[]>;
  /** Makes a file in a node of alice's task, for which its program waits. */
  touch(taskId: string, path: string, node?: number): Promise<void>;
  /** Writes a file and returns its path. */
  file(name: string, text: string): string;
  /** Starts one more server for the same namespace, on a free port unless one is named; it is stopped at the end. */
  anotherServer(kubeconfig?: string, port?: number, flags?: readonly string[]): Promise<Server>;
}

/** Makes the house of the suite it is called in: built before its tests, torn down after them. */
export function useHouse(): House {
  let kubernetes: Kubernetes | undefined;
  let home: TemporaryFolder | undefined;
  const servers: Server[] = [];
  const programs: Program[] = [];
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('the house is there only while tests run');
    return thing;
  };

  const house: House = {
    get server() {
      return there(servers[0]);
    },
    get kubernetes() {
      return there(kubernetes);
    },
    get folder() {
      return there(home).path;
    },
    cli: (args, options) => house.startCli(args, options).ended,
    startCli: (args, options) => {
      const program = startCli(there(home), house.server.url, args, options);
      programs.push(program);
      return program;
    },
    rest: (method, path, options) => rest(house.server.url, method, path, options),
    restStream: (path, options) => restStream(house.server.url, path, options),
    get: async <T>(path: string, options?: RestOptions) => {
      const { status, text } = await house.rest('GET', path, options);
      expect(status, text).to.equal(200);
      return JSON.parse(text) as T;
    },
    submit: async (task, { user, query = '' } = {}) => {
      const headers = typeof task === 'string' ? { 'content-type': 'application/yaml' } : {};
      const { status, text } = await house.rest('POST', `/tasks/submit${query}`, { user, headers, body: task });
      expect(status, text).to.equal(200);
      return JSON.parse(text) as SubmittedJson;
    },
    task: (taskId, user) => house.get<TaskJson>(`/tasks/${taskId}`, { user }),
    until: (taskId, status, user) =>
      eventually(async () => {
        const task = await house.task(taskId, user);
        expect(task.status, `${task.name}: ${JSON.stringify(task.diagnosis)}`).to.equal(status);
        return task;
      }),
    log: async (taskId, query = '') => {
      const { status, text } = await house.rest('GET', `/tasks/${taskId}/logs${query}`);
      expect(status, text).to.equal(200);
      return logLines(text);
    },
    // A log can be read before the cluster says that its program runs.
    touch: (taskId, path, node = 0) =>
      eventually(async () => {
        const { code, stderr } = await house.cli(['jobs', 'exec', taskId, '--node', `${node}`, '--', 'touch', path]);
        // A program that ends as soon as the file is there may take that answer with it: then it has seen the file.
        if (code !== 0) expect(stderr).to.match(/ has ended \(exit code /);
      }),
    file: (name, text) => {
      const path = join(house.folder, name);
      writeFileSync(path, text);
      return path;
    },
    anotherServer: async (kubeconfig = targetKubeconfig(), port = 0, flags = []) => {
      const server = await startServer({ kubeconfig, namespace: house.kubernetes.namespace, port, flags });
      servers.push(server);
      return server;
    },
  };

  before('a namespace with its server', async () => {
    home = createTemporaryFolder();
    kubernetes = await createNamespace();
    await house.anotherServer();
  });

  after('the namespace with its server', async () => {
    for (const program of programs) program.kill('SIGKILL');
    await Promise.all(servers.map(({ program }) => program.stop()));
    if (kubernetes) await removeNamespace(kubernetes);
    home?.remove();
  });

  return house;
}

/** A name that no other test uses: for users, whose lists then show nothing else. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(3).toString('hex')}`;
}
