import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamTaskLogsRequest, TaskServiceService } from '../../gen/k8scli/v1/task_service.js';
import { printing, startLogging } from '../support/logged-task.js';
import { residentMb, startServer } from '../support/program.js';
import type { Row } from '../support/report.js';
import { ratiosOf, spreadOf } from '../support/statistics.js';
import { USER } from '../support/task.js';
import type { Measurement } from './measurement.js';

/** What one reader may cost at most. */
const MAX_MB_EACH = 1;
const STREAMS_OF_CONNECTION = 100;
/** No connection holds up its streams: each is held up by its own reader. */
const CONNECTION_WINDOW = 64 * 1024 * 1024;

/** Readers of one log that have begun and take nothing any more; ends them. */
type Readers = () => void;

/** Memory of a server whose readers take nothing, while there is more for each than it could keep. */
export const measureSlowReaders: Measurement = async (cluster, sizes, signal) => {
  const rows: Row[] = [];
  for (const [way, open] of [
    ['gRPC', overGrpc],
    ['REST', overRest],
  ] as const) {
    const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
    try {
      const { taskId } = await startLogging(
        cluster,
        server.says,
        printing(sizes.logLines),
        `${sizes.logLines}`,
        signal,
      );
      await sleep(sizes.idleMs, undefined, { signal });
      const before = residentMb(server.pid);
      const end = await open(server.says, taskId, sizes.readers);
      await sleep(sizes.idleMs, undefined, { signal });
      const after = residentMb(server.pid);
      end();
      const most = before + sizes.readers * MAX_MB_EACH;
      rows.push({
        what: `resident memory, ${sizes.readers} readers over ${way}`,
        unit: 'MB',
        ours: spreadOf([after]),
        baseline: spreadOf([before]),
        ratio: ratiosOf([after], [before]),
        target: `at most ${MAX_MB_EACH} MB a reader`,
        met: after <= most,
      });
    } finally {
      await server.stop();
    }
  }
  return {
    title: 'Readers that take nothing',
    about:
      `All of them follow the log of one task, of ${sizes.logLines} lines, have got its beginning, and take nothing for ${sizes.idleMs / 1000} s. ` +
      'Baseline: the same server before they came.',
    rows,
  };
};

async function overGrpc(url: string, taskId: string, count: number): Promise<Readers> {
  const sessions: ClientHttp2Session[] = [];
  const begun: Promise<unknown>[] = [];
  const message = StreamTaskLogsRequest.encode(StreamTaskLogsRequest.fromPartial({ taskId, follow: true })).finish();
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  for (let index = 0; index < count; index += 1) {
    let session = sessions.at(-1);
    if (!session || index % STREAMS_OF_CONNECTION === 0) {
      session = connectHttp2(url);
      const opened = session;
      session.once('connect', () => opened.setLocalWindowSize(CONNECTION_WINDOW));
      sessions.push(session);
    }
    const stream = session.request({
      ':method': 'POST',
      ':path': TaskServiceService.streamTaskLogs.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'x-user': USER,
    });
    stream.end(Buffer.concat([prefix, message]));
    // Readable, and never read.
    begun.push(new Promise((resolve, reject) => stream.once('readable', resolve).once('error', reject)));
  }
  await Promise.all(begun);
  return () => {
    for (const session of sessions) session.destroy();
  };
}

async function overRest(url: string, taskId: string, count: number): Promise<Readers> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname));
  await Promise.all(
    sockets.map((socket) => {
      socket.write(`GET /tasks/${taskId}/logs HTTP/1.1\r\nHost: ${hostname}\r\nX-User: ${USER}\r\n\r\n`);
      return new Promise((resolve, reject) => socket.once('readable', resolve).once('error', reject));
    }),
  );
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
