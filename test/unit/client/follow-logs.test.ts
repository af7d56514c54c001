import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { type Client, createClient } from '../../../client/client.js';
import { ClientError } from '../../../client/errors.js';
import type { Reconnect } from '../../../client/follow-logs.js';
import type { StreamTaskLogsRequest, StreamTaskLogsResponse } from '../../../gen/k8scli/v1/task_service.js';
import {
  grpcError,
  lines,
  playLogs,
  type ScriptedServer,
  startScriptedServer,
  type StreamScript,
  summary,
  task,
} from './support/scripted-server.js';

const FAST = { attempts: 0, baseMs: 5, maxMs: 20 };

async function collect(messages: AsyncIterable<StreamTaskLogsResponse>): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of messages) {
    for (const entry of message.entries) texts.push(entry.text);
    if (message.summary) texts.push(`summary ${message.summary.task?.status}`);
  }
  return texts;
}

describe('followTaskLogs', () => {
  let server: ScriptedServer;
  let client: Client;

  async function connect(streamTaskLogs: StreamScript): Promise<void> {
    server = await startScriptedServer({ stream: { streamTaskLogs } });
    client = createClient({ url: server.url, user: 'alice' });
  }

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('goes on with the last resume token after each cut connection', async () => {
    const requests: StreamTaskLogsRequest[] = [];
    await connect(
      playLogs(
        [[lines(0, ['a', 'b'], 't1#cut')], [lines(0, ['c'], 't2#cut')], [lines(0, ['d'], 't3'), summary(task())]],
        requests,
      ),
    );
    const reconnects: Reconnect[] = [];
    const options = { tail: 5, nodes: [0], backoff: FAST, onReconnect: (event: Reconnect) => reconnects.push(event) };
    const texts = await collect(client.followTaskLogs('abc12345', options));
    expect(texts).to.deep.equal(['a', 'b', 'c', 'd', 'summary completed']);
    expect(requests.map(({ resumeToken }) => resumeToken)).to.deep.equal(['', 't1#cut', 't2#cut']);
    expect(requests[0]).to.include({ taskId: 'abc12345', follow: true, tail: 5 });
    expect(reconnects.map(({ attempt }) => attempt)).to.deep.equal([1, 1]);
  });

  it('takes a stream that ends well but without a summary for a cut one', async () => {
    let calls = 0;
    await connect((call) => {
      if (calls++ === 0) call.write(lines(0, ['a'], 't1'));
      else call.write(summary(task()));
      call.end();
    });
    expect(await collect(client.followTaskLogs('abc12345', { backoff: FAST }))).to.deep.equal([
      'a',
      'summary completed',
    ]);
  });

  it('goes on when the server resets the stream, as one does that is shut down by force', async () => {
    const requests: StreamTaskLogsRequest[] = [];
    const play = playLogs([[lines(0, ['a'], 't1')], [lines(0, ['b'], 't2'), summary(task())]], requests);
    await connect(async (call) => {
      await play(call);
      if (requests.length === 1) throw grpcError(status.CANCELLED, 'Call cancelled');
    });
    expect(await collect(client.followTaskLogs('abc12345', { backoff: FAST }))).to.deep.equal([
      'a',
      'b',
      'summary completed',
    ]);
    expect(requests.map(({ resumeToken }) => resumeToken)).to.deep.equal(['', 't1']);
  });

  it('gives up when nothing came for as long as its patience', async () => {
    await connect(() => {
      throw grpcError(status.UNAVAILABLE, 'draining');
    });
    const error: unknown = await collect(client.followTaskLogs('abc12345', { backoff: FAST, patienceMs: 60 })).catch(
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(ClientError);
    expect(error).to.include({
      code: 'UNAVAILABLE',
      reason: 'LOG_STREAM_LOST',
      message: 'the log stream was lost and could not be resumed: draining',
    });
  });

  it('counts a stream that is silent for too long as lost', async () => {
    await connect((call) => {
      // Once more where not even that came in time.
      if (call.request.resumeToken === '') {
        call.write(lines(0, ['a'], 't1'));
        return;
      }
      call.write(summary(task()));
      call.end();
    });
    const reasons: string[] = [];
    const texts = await collect(
      client.followTaskLogs('abc12345', {
        backoff: FAST,
        silenceMs: 200,
        onReconnect: ({ error }) => reasons.push(error.message),
      }),
    );
    expect(texts).to.deep.equal(['a', 'summary completed']);
    expect(new Set(reasons)).to.deep.equal(new Set(['nothing was received for 0.2 s']));
  });

  it('passes on at once what the server refuses', async () => {
    let calls = 0;
    await connect(() => {
      calls++;
      throw grpcError(status.NOT_FOUND, 'there is no task abc12345');
    });
    const error = await collect(client.followTaskLogs('abc12345', { backoff: FAST })).catch(
      (failure: unknown) => failure,
    );
    expect(error).to.include({ code: 'NOT_FOUND', message: 'there is no task abc12345' });
    expect(calls).to.equal(1);
  });

  it('cancels the call when it is aborted', async () => {
    const cancelled = new Promise<void>((resolve, reject) => {
      connect((call) => {
        call.on('cancelled', resolve);
        call.write(lines(0, ['a'], 't1'));
      })
        .then(async () => {
          const abort = new AbortController();
          const seen: string[] = [];
          try {
            for await (const message of client.followTaskLogs('abc12345', { signal: abort.signal })) {
              seen.push(...message.entries.map(({ text }) => text));
              abort.abort();
            }
          } catch (error) {
            expect(error).to.include({ code: 'CANCELLED' });
          }
          expect(seen).to.deep.equal(['a']);
        })
        .catch(reject);
    });
    await cancelled;
  });
});
