/**
 * Logs under connections that break at random bytes, and under servers, API servers and kubelets that are killed. Each test prints
 * its figures. K8S_CLI_E2E_LOG_NODES and K8S_CLI_E2E_LOG_LINES (of each node) make the logs longer, K8S_CLI_E2E_SEED makes other cuts.
 */
import { exec } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startApiProxy } from '../support/api-proxy.js';
import { startCli } from '../support/cli.js';
import { type CuttingProxy, randomFrom, startCuttingProxy } from '../support/cutting-proxy.js';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';
import type { Program } from '../support/program.js';
import { targetKubeconfig } from '../support/target.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const NODES = Number(process.env['K8S_CLI_E2E_LOG_NODES'] ?? 2);
const LINES = Number(process.env['K8S_CLI_E2E_LOG_LINES'] ?? 4000);
const SEED = Number(process.env['K8S_CLI_E2E_SEED'] ?? 1);
/** Commands that kill a part of the cluster and start it again; unset where there are none. */
const RESTARTS = [process.env['K8S_CLI_E2E_RESTART_API'], process.env['K8S_CLI_E2E_RESTART_KUBELET']];
/**
 * Some thousand lines a second: the log API goes back to whole seconds, and a second has to fit between two cuts. So short that
 * 200,000 of them fit into the 10 MiB of a kubelet's log file: what is rotated away cannot be read any more, by nobody.
 */
const RUN = `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "$NODE_RANK:$i"; [ $((i % 100)) -ne 0 ] || sleep 0.05; done`;
/** What the command line prints of it, in bytes. */
const PRINTED = Array.from({ length: NODES * LINES }, (_, line) => `node-0 | 0:${(line % LINES) + 1}\n`.length).reduce(
  (sum, bytes) => sum + bytes,
);
/** Between two cuts of the way to a server, on average: a few cuts of a short log, about a hundred of a long one. */
const BYTES_TO_CUT = Math.max(80_000, PRINTED / 50);

const LOOK_EVERY_MS = 50;

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

  /** A way to the API server that is cut again and again, and a kubeconfig that leads through it. */
  const cuttingApi = async (): Promise<{ readonly kubeconfig: string; readonly proxy: CuttingProxy }> => {
    const api = await startApiProxy(targetKubeconfig());
    closing.push(() => api.close());
    const text = readFileSync(api.kubeconfig, 'utf8');
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    const proxy = await cutting(Number(port), 150_000);
    const kubeconfig = join(home.path, 'cut.kubeconfig');
    writeFileSync(kubeconfig, text.replace(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`));
    return { kubeconfig, proxy };
  };

  /** A server that can be killed: another one then takes its place, on the same port. */
  const mortal = async (
    kubeconfig?: string,
  ): Promise<{ readonly port: number; readonly kill: () => Promise<void>; readonly kills: () => number }> => {
    let server = await house.anotherServer(kubeconfig);
    let kills = 0;
    const port = Number(new URL(server.url).port);
    return {
      port,
      kills: () => kills,
      kill: async () => {
        kills += 1;
        server.program.kill('SIGKILL');
        await server.program.ended;
        server = await house.anotherServer(kubeconfig, port);
      },
    };
  };

  const follow = async (port: number): Promise<Program> => {
    const { task_id: id } = await house.submit({ num_nodes: NODES, run: RUN });
    return startCli(home, `http://127.0.0.1:${port}`, ['jobs', 'logs', id]);
  };

  it('come through a way to the server that is cut again and again', async () => {
    const proxy = await cutting(Number(new URL(house.server.url).port), BYTES_TO_CUT);
    await expectAll(await follow(proxy.port), { cuts: () => proxy.cuts() });
    expect(proxy.cuts()).to.be.greaterThan(0);
  });

  it('come through a way to the API server that is cut again and again', async () => {
    const { kubeconfig, proxy } = await cuttingApi();
    const server = await house.anotherServer(kubeconfig);
    await expectAll(await follow(Number(new URL(server.url).port)), { cuts: () => proxy.cuts() });
    expect(proxy.cuts()).to.be.greaterThan(0);
  });

  it('come from servers that are killed again and again', async () => {
    const { port, kill, kills } = await mortal();
    const reader = await follow(port);
    await during(reader, [kill, kill, kill]);
    await expectAll(reader, { killed: kills });
  });

  it('come through all of that at once, and restarts of what the cluster is made of', async () => {
    const api = await cuttingApi();
    const { port, kill, kills } = await mortal(api.kubeconfig);
    const proxy = await cutting(port, BYTES_TO_CUT);
    const reader = await follow(proxy.port);
    const restarts = RESTARTS.flatMap((command) => (command === undefined ? [] : [() => promisify(exec)(command)]));
    const done = await during(reader, [kill, ...restarts, kill]);
    const cuts = (): number => proxy.cuts() + api.proxy.cuts();
    await expectAll(reader, { cuts, killed: kills, restarted: () => done - kills() });
  });
});

/** Does one thing after the other while the reader reads, each at its share of the log; returns how many were done. */
async function during(reader: Program, things: readonly (() => Promise<unknown>)[]): Promise<number> {
  const over = new AbortController();
  const end = (): void => over.abort();
  void reader.ended.then(end, end);
  let done = 0;
  for (const [index, thing] of things.entries()) {
    const share = (index + 1) / (things.length + 1);
    // As long as it takes: a long log has its time.
    while (!over.signal.aborted && reader.output.stdout.length < PRINTED * share) await setTimeout(LOOK_EVERY_MS);
    if (over.signal.aborted) break;
    await thing();
    done += 1;
  }
  return done;
}

/** Fails unless every line of every node is there once, in order, and the end was seen. Prints what a proof has to say. */
async function expectAll(
  reader: Program,
  faults: { readonly cuts?: () => number; readonly killed?: () => number; readonly restarted?: () => number },
): Promise<void> {
  const { code, stdout, stderr } = await reader.ended;
  const seen = Array.from({ length: NODES }, () => new Uint16Array(LINES + 1));
  const last = Array.from({ length: NODES }, () => 0);
  const strange: string[] = [];
  let disordered = 0;
  for (const line of logLines(stdout)) {
    const [, prefix, node = '', number] = /^(?:node-(\d+) \| )?(\d+):(\d+)$/.exec(line) ?? [];
    const counts = seen[Number(node)];
    if ((prefix ?? '0') !== node || counts === undefined || Number(number) > LINES) {
      strange.push(line);
      continue;
    }
    counts[Number(number)] = (counts[Number(number)] ?? 0) + 1;
    if (Number(number) <= (last[Number(node)] ?? 0)) disordered += 1;
    last[Number(node)] = Number(number);
  }
  const counted = seen.flatMap((counts) => [...counts.subarray(1)]);
  const lost = counted.filter((times) => times === 0).length;
  const twice = counted.filter((times) => times > 1).length;
  const survived = `cuts=${faults.cuts?.() ?? 0} killed=${faults.killed?.() ?? 0} restarted=${faults.restarted?.() ?? 0}`;
  process.stdout.write(
    `      lines=${NODES * LINES} ${survived} lost=${lost} twice=${twice} disordered=${disordered}\n`,
  );
  const told = `exit code ${code}, last lines ${last.join(', ')}, and it said:\n${stderr}`;
  expect({ lost, twice, disordered, strange }, told).to.deep.equal({ lost: 0, twice: 0, disordered: 0, strange: [] });
  expect(code, told).to.equal(0);
}
