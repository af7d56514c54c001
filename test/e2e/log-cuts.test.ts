/**
 * Logs under connections that break at random bytes and servers that are killed. K8S_CLI_E2E_LOG_NODES and K8S_CLI_E2E_LOG_LINES
 * make the logs longer, K8S_CLI_E2E_SEED makes other cuts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ApiProxy, startApiProxy } from '../support/api-proxy.js';
import { startCli } from '../support/cli.js';
import { type CuttingProxy, randomFrom, startCuttingProxy } from '../support/cutting-proxy.js';
import { useHouse } from '../support/house.js';
import type { Program } from '../support/program.js';
import type { Server } from '../support/server.js';
import { targetKubeconfig } from '../support/target.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const NODES = Number(process.env['K8S_CLI_E2E_LOG_NODES'] ?? 2);
const LINES = Number(process.env['K8S_CLI_E2E_LOG_LINES'] ?? 4000);
const SEED = Number(process.env['K8S_CLI_E2E_SEED'] ?? 1);
/** Some thousand lines a second: the log API goes back to whole seconds, and a second has to fit between two cuts. */
const RUN = `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "$NODE_RANK says $i"; [ $((i % 100)) -ne 0 ] || sleep 0.05; done`;

describe(`${NODES * LINES} lines of ${NODES} nodes`, () => {
  const house = useHouse();
  let home: TemporaryFolder;
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(() => {
    home = createTemporaryFolder();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    home.remove();
  });

  const cutting = async (to: number, meanBytes: number): Promise<CuttingProxy> => {
    const proxy = await startCuttingProxy(to, meanBytes, randomFrom(SEED));
    closing.push(() => proxy.close());
    return proxy;
  };

  const follow = (url: string, id: string): Program => startCli(home, url, ['jobs', 'logs', id]);

  const submit = async (): Promise<string> => (await house.submit({ num_nodes: NODES, run: RUN })).task_id;

  /** Fails unless every line of every node is there once, in order, and the end was seen. */
  const expectAll = async (reader: Program): Promise<void> => {
    const { code, stdout, stderr } = await reader.ended;
    const next = Array.from({ length: NODES }, () => 1);
    for (const line of stdout.trimEnd().split('\n')) {
      const [, prefix, node, number] = /^(?:node-(\d+) \| )?(\d+) says (\d+)$/.exec(line) ?? [];
      const index = Number(node);
      expect(number, line).to.equal(String(next[index]));
      expect(prefix ?? '0').to.equal(node);
      next[index] = Number(number) + 1;
    }
    expect(next).to.deep.equal(Array.from({ length: NODES }, () => LINES + 1));
    expect(code, stderr).to.equal(0);
  };

  it('come through a way to the server that is cut again and again', async () => {
    const proxy = await cutting(Number(new URL(house.server.url).port), 80_000);
    const id = await submit();
    await expectAll(follow(`http://127.0.0.1:${proxy.port}`, id));
    expect(proxy.cuts()).to.be.greaterThan(0);
    say(`${proxy.cuts()} cuts`);
  });

  it('come through a way to the API server that is cut again and again', async () => {
    const api: ApiProxy = await startApiProxy(targetKubeconfig());
    closing.push(() => api.close());
    const port = /127\.0\.0\.1:(\d+)/.exec(readFileSync(api.kubeconfig, 'utf8'))?.[1] ?? '';
    const proxy = await cutting(Number(port), 150_000);
    const kubeconfig = join(home.path, 'cut.kubeconfig');
    writeFileSync(
      kubeconfig,
      readFileSync(api.kubeconfig, 'utf8').replace(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`),
    );
    const server = await house.anotherServer(kubeconfig);
    const id = await submit();
    await expectAll(follow(server.url, id));
    expect(proxy.cuts()).to.be.greaterThan(0);
    say(`${proxy.cuts()} cuts`);
  });

  it('come from servers that are killed again and again', async () => {
    let server: Server = await house.anotherServer();
    const port = Number(new URL(server.url).port);
    const id = await submit();
    const reader = follow(server.url, id);
    let over = false;
    void reader.ended.then(() => {
      over = true;
    });
    let kills = 0;
    for (const share of [0.2, 0.5, 0.8]) {
      await reader.seen('stdout', new RegExp(` says ${Math.floor(LINES * share)}$`, 'm'));
      if (over) break;
      server.program.kill('SIGKILL');
      await server.program.ended;
      kills += 1;
      server = await house.anotherServer(undefined, port);
    }
    await expectAll(reader);
    say(`${kills} kills`);
  });
});

/** What a full-length run is asked for: its figures. */
function say(text: string): void {
  if (process.env['K8S_CLI_E2E_LOG_LINES'] === undefined) return;
  process.stdout.write(`      ${NODES * LINES} lines, ${text}, 0 lost, 0 twice\n`);
}
