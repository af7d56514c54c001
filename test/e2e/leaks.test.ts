/** Whoever reads a log and goes away takes the request to Kubernetes along. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { createClient } from '../../client/index.js';
import { type ApiProxy, type Matches, startApiProxy } from '../support/api-proxy.js';
import { startCli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { restStream } from '../support/rest.js';
import { targetKubeconfig } from '../support/target.js';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const READERS = 5;
/** How long a request may stay open behind its reader, in milliseconds: what waits for a heartbeat takes up to 15 seconds. */
const SOON_MS = 5000;

const followedLogs: Matches = ({ path }) => path.includes('/log?') && path.includes('follow=true');

describe('requests to Kubernetes', () => {
  const house = useHouse();
  let home: TemporaryFolder;
  let proxy: ApiProxy;
  let url: string;

  before(async () => {
    home = createTemporaryFolder();
    proxy = await startApiProxy(targetKubeconfig());
    ({ url } = await house.anotherServer(proxy.kubeconfig));
  });

  after(async () => {
    await proxy.close();
    home.remove();
  });

  /** A task that has said something, then is silent: only the reader's going away can end the request. */
  const silentTask = async (): Promise<string> => {
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 3000' });
    await house.until(id, 'running');
    return id;
  };

  const untilOpen = (count: number): Promise<void> =>
    eventually(() => {
      expect(proxy.open(followedLogs)).to.equal(count);
    });

  /** Opens readers, has them go away one after the other, and fails unless each takes its request along soon. */
  async function expectClosing(id: string, open: (id: string) => Promise<() => unknown>): Promise<void> {
    const readers = await Promise.all(Array.from({ length: READERS }, () => open(id)));
    await untilOpen(READERS);
    const delays: number[] = [];
    for (const [index, leave] of readers.entries()) {
      const leftAt = performance.now();
      leave();
      await untilOpen(READERS - 1 - index);
      delays.push(performance.now() - leftAt);
    }
    // Not the slower ones: the machine may be busy. Of those who wait for a heartbeat or a timer only the first can be quick.
    const [, second] = delays.toSorted((a, b) => a - b);
    expect(second, `closed after ${delays.map(Math.round).join(', ')} ms`).to.be.below(SOON_MS);
    await house.cli(['jobs', 'stop', id]);
  }

  async function openRest(path: string, headers: Record<string, string> = {}): Promise<() => void> {
    const going = new AbortController();
    const { status, lines } = await restStream(url, path, { signal: going.signal, headers });
    expect(status).to.equal(200);
    // Not a loop: to leave one closes the connection.
    const reader = lines[Symbol.asyncIterator]();
    for (let next = await reader.next(); !next.done && !next.value.includes('begun'); ) next = await reader.next();
    return () => going.abort();
  }

  it('end when a reader over gRPC cancels', async () => {
    const client = createClient({ url, user: 'alice' });
    await expectClosing(await silentTask(), async (taskId) => {
      const going = new AbortController();
      const messages = client.streamTaskLogs({ taskId, follow: true }, { signal: going.signal });
      await messages[Symbol.asyncIterator]().next();
      return () => going.abort();
    });
    client.close();
  });

  it('end when a command line is killed', async () => {
    await expectClosing(await silentTask(), async (id) => {
      const program = startCli(home, url, ['jobs', 'logs', id]);
      await program.seen('stdout', /^begun$/m);
      return () => program.kill('SIGKILL');
    });
  });

  it('end when a reader over REST closes its connection', async () => {
    await expectClosing(await silentTask(), (id) => openRest(`/tasks/${id}/logs`));
  });

  it('end when a reader of server-sent events closes its connection', async () => {
    await expectClosing(await silentTask(), (id) =>
      openRest(`/tasks/${id}/logs/stream`, { accept: 'text/event-stream' }),
    );
  });

  it('end when a reader goes away that has taken nothing for long', async () => {
    const { task_id: id } = await house.submit({
      run: 'yes "so much that no buffer takes it all" | head -c 40000000; sleep 600',
    });
    await house.until(id, 'running');
    await expectClosing(id, async () => {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.write(`GET /tasks/${id}/logs HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-User: alice\r\n\r\n`);
      await once(socket, 'readable');
      return () => socket.destroy();
    });
  });
});
