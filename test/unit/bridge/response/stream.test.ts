import { once } from 'node:events';
import { expect } from 'chai';
import type { CallContext } from '../../../../bridge/handler.js';
import { Metadata } from '../../../../bridge/metadata.js';
import { Code, StatusError } from '../../../../bridge/status.js';
import { withMoreTime } from '../../../support/eventually.js';
import { of, open, serveTasks, signal, text } from '../support.js';

describe('a streamed response', () => {
  it('sends each message as a line of its own, at once, HTML-escaped', async () => {
    const seen = signal();
    const { url } = await serveTasks({
      async *watchTask() {
        yield { taskId: '<1>' };
        await seen.promise;
        yield { taskId: '2' };
      },
    });
    const [response] = await open(`${url}/tasks/a/watch`);
    expect(response.headers).to.include({ 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    const chunks: AsyncIterator<unknown> = response[Symbol.asyncIterator]();
    const first = await chunks.next();
    expect(String(first.value)).to.match(/^\{"result":\{"task_id":"\\u003c1\\u003e",.*\}\}\n$/);
    seen.fire();
    const second = await chunks.next();
    expect(JSON.parse(String(second.value))).to.have.nested.property('result.task_id', '2');
    expect(await chunks.next()).to.include({ done: true });
  });

  it('lets go a message once it is written, and asks for the next one then', async () => {
    const steps: string[] = [];
    const { url } = await serveTasks({
      async *watchTask() {
        for (const taskId of ['1', '2']) {
          steps.push(`made ${taskId}`);
          yield { taskId, [Symbol.dispose]: () => steps.push(`written ${taskId}`) };
        }
      },
    });
    await text((await open(`${url}/tasks/a/watch`))[0]);
    expect(steps).to.deep.equal(['made 1', 'written 1', 'made 2', 'written 2']);
  });

  it('sends header metadata, and no trailers', async () => {
    const { url } = await serveTasks({
      async *watchTask(_, context) {
        context.sendHeader(Metadata.of({ foo: 'h' }));
        context.setTrailer(Metadata.of({ bar: 't' }));
        yield {};
      },
    });
    const [response] = await open(`${url}/tasks/a/watch`, { te: 'trailers' });
    await text(response);
    expect(response.headers).to.include({ 'grpc-metadata-foo': 'h' }).and.not.have.property('trailer');
    expect(response.trailers).to.deep.equal({});
  });

  it('is not opened when its time is up already: then there is an error like any other', async () => {
    let opened = false;
    const { url } = await serveTasks({
      async *watchTask() {
        opened = true;
        yield {};
      },
    });
    const [response] = await open(`${url}/tasks/a/watch`, { 'grpc-timeout': '1n' });
    expect(response.statusCode).to.equal(504);
    expect(JSON.parse(await text(response))).to.deep.equal({
      code: 4,
      message: 'context deadline exceeded',
      details: [],
    });
    expect(opened).to.equal(false);
  });

  it('ends with an error as the last message', async () => {
    const { url } = await serveTasks({
      async *watchTask() {
        yield {};
        throw new StatusError(Code.UNAVAILABLE, 'draining');
      },
    });
    const [response] = await open(`${url}/tasks/a/watch`);
    expect(response.statusCode).to.equal(200);
    const lines = (await text(response)).split('\n');
    expect(lines).to.have.length(3);
    expect(lines[1]).to.equal('{"error":{"code":14,"message":"draining","details":[]}}');
  });

  it('answers an error before the first message with its status, wrapped too', async () => {
    const { url } = await serveTasks({
      watchTask() {
        throw new StatusError(Code.UNAUTHENTICATED, 'who');
      },
    });
    const [response] = await open(`${url}/tasks/a/watch`);
    expect(response.statusCode).to.equal(401);
    expect(response.headers).to.not.have.property('www-authenticate');
    expect(await text(response)).to.equal('{"error":{"code":16,"message":"who","details":[]}}\n');
  });

  it('answers a request that cannot be decoded without wrapping the error', async () => {
    const { url } = await serveTasks({ watchTask: () => of({}) });
    const [response] = await open(`${url}/tasks/a/logs?tail=x`);
    expect(response.statusCode).to.equal(400);
    expect(JSON.parse(await text(response))).to.include({ code: 3 });
  });

  it('sends an empty stream as an empty body without a type', async () => {
    const { url } = await serveTasks({ watchTask: () => of() });
    const [response] = await open(`${url}/tasks/a/watch`);
    expect(response.statusCode).to.equal(200);
    expect(response.headers).to.not.have.property('content-type');
    expect(await text(response)).to.equal('');
  });

  it('sends HttpBody as its bytes, with the type of the first', async () => {
    const { url } = await serveTasks({
      async *tailTaskLogs(request) {
        yield { contentType: 'text/plain; charset=utf-8', data: Buffer.from([0x61, 0xff]) };
        yield {
          contentType: 'ignored',
          data: Buffer.from(`${request.since?.seconds} ${request.follow} ${request.node.join()}`),
        };
        throw new StatusError(Code.INTERNAL, 'lost');
      },
    });
    const [response] = await open(`${url}/tasks/a/logs?since=10m&follow=false&node=1&node=2`);
    expect(response.headers['content-type']).to.equal('text/plain; charset=utf-8');
    const bytes = Buffer.concat((await response.toArray()) as Buffer[]);
    expect(bytes.subarray(0, 3)).to.deep.equal(Buffer.from([0x61, 0xff, 0x0a]));
    expect(bytes.subarray(3).toString()).to.equal(
      '600 false 1,2\n{"error":{"code":13,"message":"lost","details":[]}}\n',
    );
  });

  describe('as server-sent events', () => {
    const sse = { accept: 'text/event-stream' };

    it('frames each message, with its id where it has one', async () => {
      const { url } = await serveTasks({
        streamTaskLogs: () => of({ resumeToken: 't1' }, { resumeToken: '', heartbeat: { time: undefined } }),
      });
      const [response] = await open(`${url}/tasks/a/logs/stream`, sse);
      expect(response.headers).to.include({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      });
      const events = (await text(response)).split('\n\n');
      expect(events[0]).to.match(/^id: t1\ndata: \{"result":\{"entries":\[\],"resume_token":"t1",/);
      expect(events[1]).to.match(/^data: \{"result":.*"heartbeat":\{"time":null\}/);
      expect(events[2]).to.equal('');
    });

    it('answers 204 when there is nothing to send, so that no browser reconnects', async () => {
      let lastEventId: string | undefined;
      const { url } = await serveTasks({
        streamTaskLogs(_, context) {
          lastEventId = context.metadata.get('last-event-id');
          return of();
        },
      });
      const [response] = await open(`${url}/tasks/a/logs/stream`, { ...sse, 'last-event-id': 't9' });
      expect(response.statusCode).to.equal(204);
      expect(await text(response)).to.equal('');
      expect(lastEventId).to.equal('t9');
    });

    it('is chosen by exactly that Accept header only', async () => {
      const { url } = await serveTasks({ streamTaskLogs: () => of({}) });
      const [response] = await open(`${url}/tasks/a/logs/stream`, { accept: 'text/event-stream, */*' });
      expect(response.headers['content-type']).to.equal('application/json');
      await text(response);
    });
  });

  it('aborts the call and returns the iterator when the client goes away', async () => {
    const returned = signal();
    let reason: unknown;
    const { url } = await serveTasks({
      async *watchTask(_, context) {
        try {
          yield {};
          await once(context.signal, 'abort');
          reason = context.signal.reason;
          yield {};
        } finally {
          returned.fire();
        }
      },
    });
    const [response, request] = await open(`${url}/tasks/a/watch`);
    await once(response, 'data');
    request.destroy();
    await returned.promise;
    expect(reason).to.be.instanceOf(StatusError).and.to.include({ code: Code.CANCELLED });
  });

  it('stops taking messages while the client does not read', async () => {
    let sent = 0;
    const full = signal();
    const data = Buffer.alloc(1 << 20, 'x');
    let context: CallContext | undefined;
    const { url } = await serveTasks({
      async *tailTaskLogs(_, call) {
        context = call;
        for (; sent < 500; sent++) {
          // Whoever waits for the client is not asked for the next message, so it is the pause that tells.
          const pause = setTimeout(full.fire, 200);
          yield { contentType: 'text/plain', data };
          clearTimeout(pause);
        }
      },
    });
    const [response, request] = await open(`${url}/tasks/a/logs`);
    response.pause();
    await full.promise;
    expect(sent).to.be.below(100);
    expect(context?.signal.aborted).to.equal(false);
    request.destroy();
  });

  it('ends with DEADLINE_EXCEEDED when the time of the caller is up, even if the handler never looks', async () => {
    const { url } = await serveTasks({
      async *watchTask() {
        yield {};
        await new Promise(() => undefined);
      },
    });
    // The first message has to have been sent by then.
    const lines = await withMoreTime(
      async (seconds) => {
        const [response] = await open(`${url}/tasks/a/watch`, { 'grpc-timeout': `${seconds * 1000}m` });
        return (await text(response)).split('\n');
      },
      ([first]) => first?.includes('error') === true,
      0.05,
    );
    expect(lines[1]).to.equal('{"error":{"code":4,"message":"context deadline exceeded","details":[]}}');
  });
});
